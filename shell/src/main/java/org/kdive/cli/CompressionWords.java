package org.kdive.cli;

import java.util.Locale;
import org.kdive.images.initramfs.Compression;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How picocli reads a compression. */
final class CompressionWords implements ITypeConverter<Compression> {
    static final String LABEL = "gzip|xz|zstd|lz4|none";

    @Override
    public Compression convert(String words) {
        return switch (words.toLowerCase(Locale.ROOT)) {
            case "gzip", "gz" -> Compression.GZIP;
            case "xz" -> Compression.XZ_CRC32;
            case "zstd", "zst" -> Compression.ZSTD;
            case "lz4" -> Compression.LZ4_LEGACY;
            case "lzma" -> Compression.LZMA;
            case "bzip2", "bz2" -> Compression.BZIP2;
            case "none" -> Compression.NONE;
            default -> throw new TypeConversionException("\"" + words + "\" is none of " + LABEL.replace('|', ' '));
        };
    }
}
