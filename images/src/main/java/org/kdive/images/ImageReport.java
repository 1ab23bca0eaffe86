package org.kdive.images;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.kernel.BzImageHeader;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.Placement;
import org.kdive.images.kernel.UImage;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/**
 * What {@code image inspect} tells of a kernel.
 *
 * @param compiler as the banner names compiler and linker
 * @param entry as U-Boot's header says, else the unpacked kernel's; physical on x86-64
 * @param loadAddress where U-Boot is told to load it, else where the kernel prefers to be; physical
 * @param placement where else, for a kernel that fits in many places
 * @param linkAddress of the kernel's first byte, virtual
 * @param commandLineLimitBytes without the final NUL; empty if nothing in the file tells
 * @param kallsyms number of symbols
 * @param kaslr built to run at a random address
 */
public record ImageReport(
        String source,
        KernelFormat format,
        Architecture architecture,
        Optional<String> version,
        Optional<String> banner,
        Optional<String> compiler,
        Optional<String> buildId,
        Compression compression,
        long fileBytes,
        long unpackedBytes,
        OptionalLong entry,
        OptionalLong loadAddress,
        Optional<Placement> placement,
        OptionalLong linkAddress,
        OptionalLong commandLineLimitBytes,
        boolean ikconfig,
        OptionalInt kallsyms,
        boolean btf,
        boolean orc,
        boolean kaslr) {
    // struct btf_header of either byte order: magic 0xeb9f, version 1, flags 0, header length 24
    private static final byte[] BTF_LITTLE = {(byte) 0x9f, (byte) 0xeb, 1, 0, 24, 0, 0, 0};
    private static final byte[] BTF_BIG = {(byte) 0xeb, (byte) 0x9f, 1, 0, 0, 0, 0, 24};
    private static final byte[] NOKASLR = "nokaslr".getBytes(StandardCharsets.ISO_8859_1);
    // Text symbols that only CONFIG_RANDOMIZE_BASE builds, of arm64, riscv and x86.
    private static final List<String> KASLR_SYMBOLS = List.of(
            "kaslr_init",
            "kaslr_early_init",
            "__pi_kaslr_early_init",
            "__pi_get_kaslr_seed",
            "kernel_randomize_memory");

    // char boot_command_line[COMMAND_LINE_SIZE] (init/main.c); named if the kernel has CONFIG_KALLSYMS_ALL
    private static final String COMMAND_LINE = "boot_command_line";
    private static final Pattern DECIMAL = Pattern.compile("[1-9]\\d{1,8}");

    /** Unpacks the kernel and looks for everything. */
    public static ImageReport of(KernelImage image) {
        Bytes payload = image.payload();
        Optional<SymbolTable> symbols = image.kallsyms();
        Optional<KernelConfig> config = KernelConfig.of(image);
        return new ImageReport(
                image.source(),
                image.format(),
                image.architecture(),
                image.version(),
                image.banner(),
                image.banner().flatMap(ImageReport::compiler),
                image.buildId(),
                image.compression(),
                image.file().size(),
                payload.size(),
                entry(image),
                loadAddress(image),
                image.placement(),
                image.textLinkAddress(),
                commandLineLimit(image, config, symbols),
                KernelConfig.isInside(image),
                symbols.map(table -> OptionalInt.of(table.size())).orElse(OptionalInt.empty()),
                hasBtf(image, payload),
                image.findSection(".orc_unwind_ip").isPresent(),
                hasKaslr(image, config, symbols));
    }

    private static OptionalLong entry(KernelImage image) {
        Optional<UImage> uImage = image.uImage();
        return uImage.isPresent() ? OptionalLong.of(uImage.get().entryAddress()) : image.entry();
    }

    private static OptionalLong loadAddress(KernelImage image) {
        Optional<UImage> uImage = image.uImage();
        if (uImage.isPresent()) {
            return OptionalLong.of(uImage.get().loadAddress());
        }
        Optional<BzImageHeader> setup = image.setupHeader().filter(header -> header.prefAddress() != 0);
        return setup.isPresent() ? OptionalLong.of(setup.get().prefAddress()) : image.fixedAddress();
    }

    /** The setup header's, the configuration's where it is an option (s390, powerpc), or the size of the kernel's buffer. */
    private static OptionalLong commandLineLimit(
            KernelImage image, Optional<KernelConfig> config, Optional<SymbolTable> symbols) {
        Optional<BzImageHeader> setup = image.setupHeader();
        if (setup.isPresent()) {
            return OptionalLong.of(setup.get().cmdlineSize());
        }
        return Stream.concat(
                        config
                                .flatMap(known -> known.value("COMMAND_LINE_SIZE"))
                                .filter(DECIMAL.asMatchPredicate())
                                .stream()
                                .map(Long::parseLong),
                        symbols.flatMap(table -> table.find(COMMAND_LINE)).map(Symbol::sizeBytes).stream()
                                // more than the buffer lies before the next symbol if it is no power of two
                                .filter(bytes -> bytes >= 256 && Long.bitCount(bytes) == 1))
                .mapToLong(bytes -> bytes - 1)
                .findFirst();
    }

    /** The fields that are known, in the order they are printed, for a person to read. */
    public List<Map.Entry<String, String>> lines() {
        List<Map.Entry<String, String>> lines = new ArrayList<>();
        lines.add(Map.entry("file", source));
        lines.add(Map.entry("format", format.label()));
        lines.add(Map.entry("architecture", architecture.label()));
        version.ifPresent(text -> lines.add(Map.entry("version", text)));
        banner.ifPresent(text -> lines.add(Map.entry("banner", text)));
        compiler.ifPresent(text -> lines.add(Map.entry("compiler", text)));
        buildId.ifPresent(text -> lines.add(Map.entry("build-id", text)));
        lines.add(Map.entry("compression", compression.label()));
        lines.add(Map.entry("size", "%,d bytes, unpacked %,d".formatted(fileBytes, unpackedBytes)));
        entry.ifPresent(address -> lines.add(Map.entry("entry", hex(address))));
        loadAddress.ifPresent(address -> lines.add(Map.entry("load address", hex(address))));
        placement.ifPresent(place -> lines.add(Map.entry("placement", place.where())));
        linkAddress.ifPresent(address -> lines.add(Map.entry("link address", hex(address))));
        commandLineLimitBytes.ifPresent(
                limit -> lines.add(Map.entry("command line", "up to %d bytes".formatted(limit))));
        lines.add(
                Map.entry("symbols", kallsyms.isPresent() ? "%,d in kallsyms".formatted(kallsyms.getAsInt()) : "none"));
        lines.add(Map.entry("types (BTF)", yes(btf)));
        lines.add(Map.entry("unwind (ORC)", yes(orc)));
        lines.add(Map.entry("configuration (IKCONFIG)", yes(ikconfig)));
        lines.add(Map.entry("KASLR", yes(kaslr)));
        return List.copyOf(lines);
    }

    private static String yes(boolean is) {
        return is ? "yes" : "no";
    }

    private static String hex(long address) {
        return "0x%x".formatted(address);
    }

    private static boolean hasBtf(KernelImage image, Bytes payload) {
        if (image.findSection(".BTF").isPresent()) {
            return true;
        }
        return image.elf().isEmpty()
                && (payload.find(BTF_LITTLE, 0).isPresent()
                        || payload.find(BTF_BIG, 0).isPresent());
    }

    /**
     * On x86 the decompressor chooses the address: its message tells. Elsewhere a symbol does, or the configuration: on s390
     * the decompressor is not to be told from what it unpacks, and mips gives its function no name of its own.
     */
    private static boolean hasKaslr(KernelImage image, Optional<KernelConfig> config, Optional<SymbolTable> symbols) {
        return image.decompressorHolds(NOKASLR)
                || config.filter(known -> known.isBuiltIn("RANDOMIZE_BASE")).isPresent()
                || symbols.stream()
                        .anyMatch(t ->
                                KASLR_SYMBOLS.stream().anyMatch(s -> t.find(s).isPresent()));
    }

    /** "Linux version 6.1 (who@host) (gcc ..., GNU ld ...) #1": the second parenthesis, which may hold others. */
    static Optional<String> compiler(String banner) {
        int depth = 0;
        int groups = 0;
        int from = 0;
        for (int i = 0; i < banner.length(); i++) {
            char c = banner.charAt(i);
            if (c == '(' && depth++ == 0) {
                from = i + 1;
                groups++;
            } else if (c == ')' && depth > 0 && --depth == 0 && groups == 2) {
                return Optional.of(banner.substring(from, i));
            }
        }
        return Optional.empty();
    }
}
