package org.kdive.images.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * A PE file that unpacks itself (drivers/firmware/efi/libstub/zboot-header.S).
 *
 * <pre>
 * 0x00 "MZ\0\0" "zimg"  0x08 payload offset32  0x0c payload size32, without the appended size  0x18 compression, ASCIZ
 * </pre>
 */
record EfiZboot(Bytes bytes, Compression compression, Bytes packed) implements Container {
    private static final byte[] MAGIC = "MZ\0\0zimg".getBytes(StandardCharsets.ISO_8859_1);

    static Optional<Container> recognise(Bytes file) {
        if (!file.startsWith(MAGIC)) {
            return Optional.empty();
        }
        Bytes packed = file.slice(file.u32At(8), file.u32At(12));
        String name = file.textAt(0x18, 0x20);
        Compression compression = switch (name.toLowerCase(Locale.ROOT)) {
            case "gzip" -> Compression.GZIP;
            case "zstd" -> Compression.ZSTD;
            case "xz", "xzkern" -> Compression.XZ;
            case "lzma" -> Compression.LZMA;
            case "lzo" -> Compression.LZO;
            case "lz4" -> Compression.LZ4_LEGACY;
            default ->
                throw new ImageException(new ImageFailure.Unsupported(
                        file.source(), "EFI zboot with compression \"%s\"".formatted(name)));
        };
        return Optional.of(new EfiZboot(file, compression, packed));
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.EFI_ZBOOT);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.empty();
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.of(Container.recognise(how.unpack(compression, packed, OptionalLong.empty())));
    }
}
