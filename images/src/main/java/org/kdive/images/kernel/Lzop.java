package org.kdive.images.kernel;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lzo.LzoDecompressor;
import java.nio.ByteOrder;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

/**
 * The lzop container as far as lib/decompress_unlzo.c reads it, all big endian.
 *
 * <pre>
 * magic[9] version16 library16 [needed16 if version >= 0x940] method8 [level8 likewise] flags32 [filter32 if flags & 0x800]
 * mode32 mtime32 [mtime-high32 if version >= 0x940] name-length8 name checksum32
 * { unpacked32 packed32 [adler/crc of unpacked] [adler/crc of packed, unless stored] data }*  unpacked32 = 0 ends
 * </pre>
 */
final class Lzop {
    private static final int MAGIC_BYTES = 9;
    private static final int VERSION_WITH_LEVEL = 0x940;
    private static final int HAS_FILTER = 0x800;
    private static final int MAX_BLOCK_BYTES = 64 << 20;
    private static final long ADLER32_UNPACKED = 0x1;
    private static final long ADLER32_PACKED = 0x2;
    private static final long CRC32_UNPACKED = 0x100;
    private static final long CRC32_PACKED = 0x200;

    private final Bytes bytes;
    private final long flags;

    private Lzop(Bytes packed) {
        bytes = packed.withOrder(ByteOrder.BIG_ENDIAN).position(MAGIC_BYTES);
        int version = bytes.u16();
        boolean hasLevel = version >= VERSION_WITH_LEVEL;
        bytes.skip(hasLevel ? 6 : 3);
        flags = bytes.u32();
        bytes.skip((flags & HAS_FILTER) != 0 ? 4 : 0).skip(hasLevel ? 12 : 8);
        bytes.skip(bytes.u8()).skip(4);
    }

    static byte[] unpack(Bytes packed, int sizeBytes) {
        byte[] out = new byte[sizeBytes];
        int written = new Lzop(packed).walk(out);
        if (written != sizeBytes) {
            throw packed.malformedAt(packed.size(), "lzop stream of %d bytes, not %d".formatted(written, sizeBytes));
        }
        return out;
    }

    static long sizeBytes(Bytes packed) {
        Lzop lzop = new Lzop(packed);
        long total = 0;
        for (long unpacked = lzop.blockSize(); unpacked != 0; unpacked = lzop.blockSize()) {
            total += unpacked;
            lzop.data(unpacked);
        }
        return total;
    }

    private int walk(byte[] out) {
        int written = 0;
        for (long unpacked = blockSize(); unpacked != 0; unpacked = blockSize()) {
            Bytes data = data(unpacked);
            if (unpacked > out.length - written) {
                throw data.malformedAt(0, "lzop stream is longer than the %d bytes declared".formatted(out.length));
            }
            written += decode(data, out, written, (int) unpacked);
        }
        return written;
    }

    private static int decode(Bytes data, byte[] out, int from, int length) {
        if (data.size() == length) {
            System.arraycopy(data.array(), data.arrayStart(), out, from, length);
            return length;
        }
        try {
            int count =
                    new LzoDecompressor().decompress(data.array(), data.arrayStart(), data.size(), out, from, length);
            if (count != length) {
                throw data.malformedAt(0, "LZO block of %d bytes, not %d".formatted(count, length));
            }
            return count;
        } catch (MalformedInputException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new ImageException(
                    data.malformedAt(0, "LZO block: " + e.getMessage()).failure(), e);
        }
    }

    private long blockSize() {
        long unpacked = bytes.u32();
        if (unpacked > MAX_BLOCK_BYTES) {
            throw bytes.malformed("lzop block of %d bytes".formatted(unpacked));
        }
        return unpacked;
    }

    private Bytes data(long unpacked) {
        long packed = bytes.u32();
        if (packed == 0 || packed > unpacked) {
            throw bytes.malformed("lzop block packs %d bytes into %d".formatted(unpacked, packed));
        }
        skipChecksums(ADLER32_UNPACKED, CRC32_UNPACKED);
        if (packed < unpacked) {
            skipChecksums(ADLER32_PACKED, CRC32_PACKED);
        }
        return bytes.take(packed);
    }

    private void skipChecksums(long adler, long crc) {
        bytes.skip((flags & adler) != 0 ? 4 : 0).skip((flags & crc) != 0 ? 4 : 0);
    }
}
