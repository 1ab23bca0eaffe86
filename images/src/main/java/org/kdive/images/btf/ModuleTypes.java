package org.kdive.images.btf;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.elf.Section;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.Decompressor;

/** The types in a module's file, which go on where its kernel's end. */
public final class ModuleTypes {
    private static final String VERMAGIC = "vermagic=";

    private ModuleTypes() {}

    /**
     * Throws if the module brings no types, or is for another kernel: its ids would name the wrong types.
     *
     * @param file a .ko, compressed or not
     */
    public static Btf read(Bytes file, KernelImage kernel, Btf base) {
        Bytes plain = Compression.detect(file)
                .map(kind ->
                        Decompressor.unpack(kind, file, OptionalLong.empty()).named(file.source()))
                .orElse(file);
        ElfFile elf = ElfFile.read(plain);
        Bytes types = section(elf, ".BTF")
                .orElseThrow(() -> new ImageException(new ImageFailure.Missing(
                        file.source(), "no BTF types: built without CONFIG_DEBUG_INFO_BTF_MODULES")));
        // Since 6.11 a module built out of the tree may carry what it needs of its kernel's types (.BTF.base), and
        // means
        // that one's ids, whichever kernel it is loaded into.
        Optional<Bytes> own = section(elf, ".BTF.base");
        if (own.isPresent()) {
            return Btf.read(own.get(), elf.wordBytes()).split(types);
        }
        requireSameKernel(file, elf, kernel);
        return base.split(types);
    }

    private static void requireSameKernel(Bytes file, ElfFile elf, KernelImage kernel) {
        Optional<String> release = release(elf);
        if (release.isPresent() && kernel.version().isPresent() && !release.equals(kernel.version())) {
            throw new ImageException(new ImageFailure.Unsupported(
                    file.source(),
                    "a module for %s, over the types of %s"
                            .formatted(release.get(), kernel.version().get())));
        }
    }

    /** {@code vermagic=6.1.0-9-amd64 SMP preempt mod_unload}, kernel/module/main.c. */
    private static Optional<String> release(ElfFile elf) {
        return section(elf, ".modinfo").stream()
                .flatMap(bytes -> Stream.of(new String(bytes.toArray(), StandardCharsets.ISO_8859_1).split("\0", -1)))
                .filter(field -> field.startsWith(VERMAGIC))
                .map(field -> field.substring(VERMAGIC.length()).split(" ", 2)[0])
                .findFirst();
    }

    private static Optional<Bytes> section(ElfFile elf, String name) {
        Optional<Section> section = elf.findSection(name);
        return section.map(elf::bytesOf).filter(bytes -> bytes.size() > 0);
    }
}
