package org.kdive.images.kernel;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    public void write(Bytes data, OutputStream out) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(data.array(), data.arrayStart(), data.size());
        byte[] header = header(data.size(), crc.getValue());
        out.write(header);
        out.write(data.array(), data.arrayStart(), data.size());
    }

    private byte[] header(int sizeBytes, long dataChecksum) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES); // big endian, as it is made
        header.putInt(MAGIC).putInt(0).putInt((int) timeSeconds).putInt(sizeBytes);
        header.putInt((int) loadAddress).putInt((int) entryAddress).putInt((int) dataChecksum);
        header.put((byte) OS_LINUX).put((byte) architectureCode());
        header.put((byte) TYPE_KERNEL).put((byte) compressionCode());
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
