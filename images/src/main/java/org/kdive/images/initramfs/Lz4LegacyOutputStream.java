package org.kdive.images.initramfs;

import io.airlift.compress.lz4.Lz4Compressor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The LZ4 container that the kernel reads, lz4 Frame Format Description, "Legacy frame".
 *
 * <pre>
 * 02 21 4c 18, then blocks: u32 le compressed size, one raw LZ4 block of 8 MiB of data (the last of less)
 * </pre>
 */
final class Lz4LegacyOutputStream extends OutputStream {
    private static final int BLOCK_BYTES = 8 << 20;

    private final OutputStream out;
    private final Lz4Compressor compressor = new Lz4Compressor();
    private final byte[] block = new byte[BLOCK_BYTES];
    private final byte[] compressed = new byte[compressor.maxCompressedLength(BLOCK_BYTES)];
    private int filled;
    private boolean closed;

    Lz4LegacyOutputStream(OutputStream out) throws IOException {
        this.out = out;
        writeLittleEndian(0x184c2102);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, BLOCK_BYTES - filled);
            System.arraycopy(bytes, offset + done, block, filled, count);
            filled += count;
            done += count;
            if (filled == BLOCK_BYTES) {
                writeBlock();
            }
        }
    }

    private void writeBlock() throws IOException {
        int length = compressor.compress(block, 0, filled, compressed, 0, compressed.length);
        writeLittleEndian(length);
        out.write(compressed, 0, length);
        filled = 0;
    }

    private void writeLittleEndian(int word) throws IOException {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(word >>> shift);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            if (filled > 0) {
                writeBlock();
            }
            out.close();
        }
    }
}
