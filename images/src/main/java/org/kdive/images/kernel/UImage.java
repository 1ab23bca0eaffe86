package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * U-Boot's legacy image (include/image.h of U-Boot), all big endian.
 *
 * <pre>
 * magic32 header-crc32 time32 size32 load32 entry32 data-crc32 os8 arch8 type8 compression8 name[32] data
 * data of a multi-file image: { size32 }* 0 { file, padded to 4 }*      the kernel is the first, an initramfs the second
 * </pre>
 *
 * @param files as they are in the data, packed; of an image that is not multi-file the one that it is
 * @param timeSeconds since 1970, of when it was made
 */
public record UImage(
        Bytes bytes,
        List<Bytes> files,
        long timeSeconds,
        String name,
        long loadAddress,
        long entryAddress,
        int architectureCode,
        int type,
        Compression compression)
        implements Container {
    private static final int HEADER_BYTES = 64;
    private static final long MAGIC = 0x27051956L;
    private static final int TYPE_KERNEL = 2;
    private static final int TYPE_KERNEL_NOLOAD = 14;
    private static final int TYPE_MULTI = 4;

    static Optional<Container> recognise(Bytes file) {
        Bytes header = file.withOrder(ByteOrder.BIG_ENDIAN);
        if (!header.holds(0, HEADER_BYTES) || header.u32At(0) != MAGIC) {
            return Optional.empty();
        }
        requireChecksum(header, 4, headerChecksum(header), "header");
        Bytes data = file.slice(HEADER_BYTES, header.u32At(12));
        requireChecksum(header, 24, crc32(data.toArray()), "data");
        int type = header.u8At(30);
        return Optional.of(new UImage(
                file,
                type == TYPE_MULTI ? filesOf(data.withOrder(ByteOrder.BIG_ENDIAN)) : List.of(data),
                header.u32At(8),
                header.textAt(32, 32),
                header.u32At(16),
                header.u32At(20),
                header.u8At(29),
                requireKernel(file, type),
                compression(file, header.u8At(31))));
    }

    private static List<Bytes> filesOf(Bytes data) {
        List<Long> sizes = new ArrayList<>();
        for (long size = data.u32(); size != 0; size = data.u32()) {
            sizes.add(size);
        }
        if (sizes.isEmpty()) {
            throw data.malformedAt(0, "multi-file uImage without a file");
        }
        List<Bytes> files = new ArrayList<>();
        for (long size : sizes) {
            files.add(data.take(size).withOrder(ByteOrder.LITTLE_ENDIAN));
            data.skip(Math.min(data.remaining(), -size & 3));
        }
        return List.copyOf(files);
    }

    private static int requireKernel(Bytes file, int type) {
        if (type != TYPE_KERNEL && type != TYPE_KERNEL_NOLOAD && type != TYPE_MULTI) {
            throw new ImageException(new ImageFailure.NotAKernel(file.source(), "uImage of type " + type));
        }
        return type;
    }

    private static Compression compression(Bytes file, int code) {
        return switch (code) {
            case 0 -> Compression.NONE;
            case 1 -> Compression.GZIP;
            case 2 -> Compression.BZIP2;
            case 3 -> Compression.LZMA;
            case 4 -> Compression.LZO;
            case 5 -> Compression.LZ4_FRAME;
            case 6 -> Compression.ZSTD;
            default ->
                throw new ImageException(
                        new ImageFailure.Unsupported(file.source(), "uImage with compression code " + code));
        };
    }

    private static long headerChecksum(Bytes header) {
        byte[] copy = header.toArray(0, HEADER_BYTES);
        // the checksum is computed over a header whose checksum is 0
        for (int i = 4; i < 8; i++) {
            copy[i] = 0;
        }
        return crc32(copy);
    }

    private static long crc32(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return crc.getValue();
    }

    private static void requireChecksum(Bytes header, int offset, long computed, String what) {
        if (header.u32At(offset) != computed) {
            throw header.malformedAt(
                    offset,
                    "uImage %s checksum is %08x, computed %08x".formatted(what, header.u32At(offset), computed));
        }
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.UIMAGE);
    }

    @Override
    public Optional<Architecture> architecture() {
        // U-Boot's include/image.h, IH_ARCH_*
        return switch (architectureCode) {
            case 2 -> Optional.of(Architecture.ARM);
            case 3 -> Optional.of(Architecture.X86_32);
            case 5 -> Optional.of(Architecture.MIPS);
            case 6 -> Optional.of(Architecture.MIPS64);
            case 7 -> Optional.of(Architecture.PPC);
            case 22 -> Optional.of(Architecture.ARM64);
            case 24 -> Optional.of(Architecture.X86_64);
            case 26 -> Optional.of(Architecture.RISCV64);
            default -> Optional.empty();
        };
    }

    /** What of it is the kernel. */
    Bytes data() {
        return files.get(0);
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        Bytes data = data();
        Bytes inside = compression == Compression.NONE ? data : how.unpack(unpacker(), data, OptionalLong.empty());
        try {
            return Optional.of(Container.recognise(inside));
        } catch (ImageException e) {
            // A bare kernel has no header: the uImage's own must do.
            if (e.failure() instanceof ImageFailure.NotAKernel && architecture().isPresent()) {
                return Optional.of(new RawKernel(inside, architecture().get(), OptionalLong.empty()));
            }
            throw e;
        }
    }

    /** The code for LZ4 does not say which of its two formats. */
    private Compression unpacker() {
        return Compression.detect(data()).orElse(compression);
    }
}
