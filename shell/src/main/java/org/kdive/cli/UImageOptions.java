package org.kdive.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.Compressor;
import org.kdive.images.kernel.Decompressor;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.UImageWriter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a uImage is made of. */
final class UImageOptions {
    @Option(
            names = "--uimage",
            paramLabel = "LOAD[:ENTRY]",
            description = "A uImage for U-Boot's bootm, loaded and entered at these physical addresses.")
    private @Nullable String addresses; // null: no uImage is asked for

    @Option(names = "--name", paramLabel = "NAME", description = "The uImage's name (default: Linux- and the version).")
    private @Nullable String name; // null: the kernel's own

    @Option(
            names = "--compress",
            paramLabel = Words.LABEL,
            converter = Words.class,
            description = "How U-Boot finds the kernel packed (default: gzip; an arm zImage as it is).")
    private @Nullable Compression compression; // null: as fits the kernel

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description =
                    "Put a file behind the kernel, an initramfs and then a device tree: a multi-file uImage; repeatable.")
    private List<Path> files = List.of();

    boolean isAskedFor() {
        return addresses != null;
    }

    /** An option of a uImage without one to go into, which has no meaning. */
    boolean isStray() {
        return addresses == null && (name != null || compression != null || !files.isEmpty());
    }

    /** An arm zImage unpacks itself and goes in as it is unless a compression is named. Gives what it holds in bytes. */
    long write(KernelImage image, Path output) {
        String[] words = String.valueOf(addresses).split(":", 2);
        long load = address(words[0]);
        boolean isZImage = image.format() == KernelFormat.ARM_ZIMAGE && compression == null;
        Compression packing = compression != null ? compression : isZImage ? Compression.NONE : Compression.GZIP;
        Bytes kernel = isZImage ? image.file() : Compressor.pack(packing, image.payload());
        List<Bytes> others = files.stream()
                .map(file -> Bytes.ofFile(file, Decompressor.LIMIT_BYTES))
                .toList();
        UImageWriter writer = new UImageWriter(
                name != null ? name : "Linux-" + image.version().orElse("unknown"),
                image.architecture(),
                packing,
                load,
                words.length == 1 ? load : address(words[1]),
                SourceDate.seconds());
        OutputFile.write(output, out -> writer.write(kernel, others, out));
        return kernel.size() + others.stream().mapToLong(Bytes::size).sum();
    }

    private static long address(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new UsageException("'%s' is no address, such as 0x40008000".formatted(text));
        }
    }

    /** How picocli reads what U-Boot unpacks. */
    static final class Words implements ITypeConverter<Compression> {
        static final String LABEL = "none|gzip|bzip2|lzma|lz4|zstd";

        @Override
        public Compression convert(String words) {
            return switch (words.toLowerCase(Locale.ROOT)) {
                case "none" -> Compression.NONE;
                case "gzip", "gz" -> Compression.GZIP;
                case "bzip2", "bz2" -> Compression.BZIP2;
                case "lzma" -> Compression.LZMA;
                case "lz4" -> Compression.LZ4_FRAME;
                case "zstd", "zst" -> Compression.ZSTD;
                default -> throw new TypeConversionException("\"" + words + "\" is none of " + LABEL.replace('|', ' '));
            };
        }
    }
}
