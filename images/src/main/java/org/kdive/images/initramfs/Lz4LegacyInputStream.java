package org.kdive.images.initramfs;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.kdive.images.bytes.Bytes;

/** Reads what {@link Lz4LegacyOutputStream} draws; the magic may come again, and zeros or the end of input end it. */
final class Lz4LegacyInputStream extends InputStream {
    private static final int BLOCK_BYTES = 8 << 20;
    private static final int MAGIC = 0x184c2102;

    private final Bytes source;
    private final ByteArrayInputStream in;
    private final Lz4Decompressor decompressor = new Lz4Decompressor();
    private final byte[] block = new byte[BLOCK_BYTES];
    private long offset;
    private int position;
    private int filled;
    private boolean ended;

    Lz4LegacyInputStream(Bytes source, ByteArrayInputStream in) throws IOException {
        this.source = source;
        this.in = in;
        advance(4);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int start, int length) throws IOException {
        while (position == filled && !ended) {
            readBlock();
        }
        if (position == filled) {
            return -1;
        }
        int count = Math.min(length, filled - position);
        System.arraycopy(block, position, buffer, start, count);
        position += count;
        return count;
    }

    private void readBlock() throws IOException {
        long size = source.size() - offset < 4 ? 0 : source.u32At(offset);
        if (size == 0) {
            ended = true;
            return;
        }
        advance(4);
        if (size == MAGIC) {
            return;
        }
        if (!source.holds(offset, size)) {
            throw source.malformedAt(offset - 4, "lz4 block of %d bytes is cut short".formatted(size));
        }
        try {
            int from = source.arrayStart() + (int) offset;
            filled = decompressor.decompress(source.array(), from, (int) size, block, 0, BLOCK_BYTES);
        } catch (MalformedInputException e) {
            throw new IOException("lz4 block at 0x%x: %s".formatted(offset, e.getMessage()), e);
        }
        position = 0;
        advance(size);
    }

    private void advance(long bytes) throws IOException {
        in.skipNBytes(bytes);
        offset += bytes;
    }
}
