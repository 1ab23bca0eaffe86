package org.kdive.images.kernel;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * Puts U-Boot's legacy header, with its checksums, in front of a kernel (include/image.h of U-Boot; see {@link UImage}).
 *
 * @param name at most 32 bytes of it are kept
 * @param compression what U-Boot must undo before it starts the kernel; the data come packed so
 * @param timeSeconds since 1970, of the image
 */
public record UImageWriter(
        String name,
        Architecture architecture,
        Compression compression,
        long loadAddress,
        long entryAddress,
        long timeSeconds) {
    private static final int HEADER_BYTES = 64;
    private static final int MAGIC = 0x27051956;
    private static final int OS_LINUX = 5;
    private static final int TYPE_KERNEL = 2;
    private static final int TYPE_MULTI = 4;
    private static final int NAME_OFFSET = 32;
    private static final int NAME_BYTES = 32;

    public UImageWriter {
        requireWord("load address", loadAddress);
        requireWord("entry", entryAddress);
    }

    private static void requireWord(String what, long value) {
        if (value >>> 32 != 0) {
            throw new ImageException(new ImageFailure.Unsupported(
                    "uImage", "%s 0x%x: its header has 32 bits for it".formatted(what, value)));
        }
    }

    /**
     * @param others what U-Boot finds behind the kernel: an initramfs, a device tree; with any it is a multi-file image. They
     *     are not unpacked by U-Boot, whatever the compression
     */
    public void write(Bytes kernel, List<Bytes> others, OutputStream out) throws IOException {
        List<Bytes> pieces = pieces(kernel, others);
        CRC32 crc = new CRC32();
        long total = 0;
        for (Bytes piece : pieces) {
            crc.update(piece.array(), piece.arrayStart(), piece.size());
            total += piece.size();
        }
        requireWord("size", total);
        out.write(header((int) total, crc.getValue(), others.isEmpty() ? TYPE_KERNEL : TYPE_MULTI));
        for (Bytes piece : pieces) {
            out.write(piece.array(), piece.arrayStart(), piece.size());
        }
    }

    /** What follows the header: see {@link UImage}. All files but the last are padded. */
    private static List<Bytes> pieces(Bytes kernel, List<Bytes> others) {
        if (others.isEmpty()) {
            return List.of(kernel);
        }
        List<Bytes> files = Stream.concat(Stream.of(kernel), others.stream()).toList();
        ByteBuffer sizes = ByteBuffer.allocate(4 * (files.size() + 1));
        List<Bytes> pieces = new ArrayList<>(List.of(Bytes.of("sizes", sizes.array())));
        for (Bytes file : files) {
            if (file.size() == 0) {
                throw new ImageException(
                        new ImageFailure.Unsupported(file.source(), "an empty file would end the table of sizes"));
            }
            sizes.putInt(file.size());
            pieces.add(file);
            pieces.add(Bytes.of("padding", new byte[-file.size() & 3]));
        }
        return pieces.subList(0, pieces.size() - 1);
    }

    private byte[] header(int sizeBytes, long dataChecksum, int type) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES); // big endian, as it is made
        header.putInt(MAGIC).putInt(0).putInt((int) timeSeconds).putInt(sizeBytes);
        header.putInt((int) loadAddress).putInt((int) entryAddress).putInt((int) dataChecksum);
        header.put((byte) OS_LINUX).put((byte) architectureCode());
        header.put((byte) type).put((byte) compressionCode());
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        header.put(NAME_OFFSET, text, 0, Math.min(text.length, NAME_BYTES));
        CRC32 crc = new CRC32();
        crc.update(header.array()); // over a header whose checksum is 0
        header.putInt(4, (int) crc.getValue());
        return header.array();
    }

    private int architectureCode() {
        return switch (architecture) {
            case ARM -> 2;
            case X86_32 -> 3;
            case MIPS -> 5;
            case MIPS64 -> 6;
            case PPC, PPC64 -> 7;
            case ARM64 -> 22;
            case X86_64 -> 24;
            case RISCV64, RISCV32 -> 26;
            case S390X, LOONGARCH64 ->
                throw new ImageException(
                        new ImageFailure.Unsupported("uImage", "U-Boot does not run on " + architecture.label()));
        };
    }

    private int compressionCode() {
        return switch (compression) {
            case NONE -> 0;
            case GZIP -> 1;
            case BZIP2 -> 2;
            case LZMA -> 3;
            case LZO -> 4;
            case LZ4_FRAME, LZ4_LEGACY -> 5;
            case ZSTD -> 6;
            case XZ -> throw new ImageException(new ImageFailure.Unsupported("uImage", "no code for xz"));
        };
    }
}
