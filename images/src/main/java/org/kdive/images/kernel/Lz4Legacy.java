package org.kdive.images.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.kdive.images.bytes.Bytes;

/**
 * The LZ4 format of kernels, of {@code lz4 -l}.
 *
 * <pre>
 * 02 21 4c 18 { u32le packed size, raw LZ4 block }*      the magic may come again between blocks; no end mark
 * </pre>
 *
 * Each block unpacks to 8 MiB except the last, and none refers to another, so they are decoded in parallel.
 */
final class Lz4Legacy {
    private static final long MAGIC = 0x184c2102L;
    private static final int BLOCK_BYTES = 8 << 20;
    // LZ4_compressBound of a block
    private static final int MAX_PACKED_BYTES = BLOCK_BYTES + BLOCK_BYTES / 255 + 16;

    private Lz4Legacy() {}

    static byte[] unpack(Bytes packed, int sizeBytes) {
        List<Bytes> blocks = blocks(packed, (sizeBytes + (long) BLOCK_BYTES - 1) / BLOCK_BYTES);
        if (sizeBytes > (long) blocks.size() * BLOCK_BYTES) {
            throw packed.malformedAt(
                    packed.size(), "%d LZ4 blocks cannot be the %d bytes declared".formatted(blocks.size(), sizeBytes));
        }
        byte[] out = new byte[sizeBytes];
        IntStream.range(0, blocks.size()).parallel().forEach(i -> {
            int from = i * BLOCK_BYTES;
            int to = (int) Math.min(sizeBytes, from + (long) BLOCK_BYTES);
            int end = Lz4Block.decode(blocks.get(i), out, from, to);
            if (end != to) {
                throw blocks.get(i)
                        .malformedAt(0, "LZ4 block unpacks to %d bytes of %d".formatted(end - from, to - from));
            }
        });
        return out;
    }

    /** How much a file of unknown size unpacks to: all but the last block are full, and that one is counted. */
    static long sizeBytes(Bytes packed) {
        List<Bytes> blocks = blocks(packed, packed.size());
        return blocks.isEmpty() ? 0 : unpackedBytes(blocks);
    }

    private static long unpackedBytes(List<Bytes> blocks) {
        byte[] scratch = new byte[BLOCK_BYTES];
        return (blocks.size() - 1L) * BLOCK_BYTES
                + Lz4Block.decode(blocks.get(blocks.size() - 1), scratch, 0, BLOCK_BYTES);
    }

    /** The kernel's appended size ends the blocks where nobody has told how many there are. */
    private static boolean isSizeOf(List<Bytes> blocks, long word) {
        return word > (blocks.size() - 1L) * BLOCK_BYTES
                && word <= (long) blocks.size() * BLOCK_BYTES
                && word == unpackedBytes(blocks);
    }

    /** Up to {@code count} blocks; what follows may be the kernel's appended size. */
    private static List<Bytes> blocks(Bytes packed, long count) {
        Bytes cursor = packed.slice(4, packed.size() - 4L);
        List<Bytes> blocks = new ArrayList<>();
        while (blocks.size() < count && cursor.remaining() > 4) {
            long packedBytes = cursor.u32();
            if (packedBytes == MAGIC) {
                continue;
            }
            if (isSizeOf(blocks, packedBytes)) {
                break;
            }
            if (packedBytes == 0 || packedBytes > MAX_PACKED_BYTES) {
                throw cursor.malformedAt(cursor.position() - 4L, "LZ4 block of %d bytes".formatted(packedBytes));
            }
            blocks.add(cursor.take(packedBytes));
        }
        return blocks;
    }
}
