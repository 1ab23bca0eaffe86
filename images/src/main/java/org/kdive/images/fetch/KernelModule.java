package org.kdive.images.fetch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.tukaani.xz.XZInputStream;

/** One file of {@code lib/modules} in a package: its name as insmod's users say it, and which modules it needs. */
record KernelModule(String name, List<String> dependencies) {
    private static final int XZ_MEMORY_LIMIT_KIB = 128 << 10;
    private static final int MAX_MODULE_BYTES = 128 << 20;

    KernelModule {
        dependencies = List.copyOf(dependencies);
    }

    /** {@code lib/modules/6.1.0/kernel/net/9p/9pnet.ko.xz} is {@code 9pnet}; empty for what is no module. */
    static Optional<String> nameOf(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        boolean isModule = path.contains("lib/modules/") && file.matches("[^.]+\\.ko(\\.xz|\\.zst)?");
        // The kernel takes - and _ for the same.
        return isModule ? Optional.of(normal(file.substring(0, file.indexOf('.')))) : Optional.empty();
    }

    static String normal(String name) {
        return name.replace('-', '_');
    }

    /** The module itself, whatever the package compressed it with. */
    static byte[] contents(String path, InputStream in) throws IOException {
        InputStream plain = in;
        if (path.endsWith(".xz")) {
            plain = new XZInputStream(in, XZ_MEMORY_LIMIT_KIB);
        } else if (path.endsWith(".zst")) {
            plain = new com.github.luben.zstd.ZstdInputStream(new ByteArrayInputStream(in.readAllBytes()));
        }
        byte[] contents = plain.readNBytes(MAX_MODULE_BYTES);
        if (plain.read() >= 0) {
            throw new IOException("%s unpacks to more than %d bytes".formatted(path, MAX_MODULE_BYTES));
        }
        return contents;
    }

    /** The {@code depends=} line of the section .modinfo. Linux scripts/mod/modpost.c, add_depends. */
    static KernelModule parse(String name, byte[] contents) {
        try {
            ElfFile elf = ElfFile.read(Bytes.of(name, contents));
            return elf.findSection(".modinfo")
                    .map(section -> dependencies(elf.bytesOf(section)))
                    .map(names -> new KernelModule(name, names))
                    .orElse(new KernelModule(name, List.of()));
        } catch (ImageException e) {
            // A module that is none, of a kind we cannot insert either: it needs nothing that we could tell.
            return new KernelModule(name, List.of());
        }
    }

    private static List<String> dependencies(Bytes information) {
        String fields = new String(information.toArray(), StandardCharsets.ISO_8859_1);
        return Stream.of(fields.split("\0", -1))
                .filter(field -> field.startsWith("depends="))
                .findFirst()
                .map(field -> names(field.substring("depends=".length())))
                .orElse(List.of());
    }

    private static List<String> names(String list) {
        return Stream.of(list.split(",", -1))
                .filter(name -> !name.isBlank())
                .map(KernelModule::normal)
                .toList();
    }
}
