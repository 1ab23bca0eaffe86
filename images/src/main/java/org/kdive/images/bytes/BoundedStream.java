package org.kdive.images.bytes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** Counts what comes out of a decompressor, and stops a bomb: throws TooLarge beyond its limit, for what is skipped too. */
public final class BoundedStream extends FilterInputStream {
    private final String source;
    private final long maxBytes;
    private long seenBytes;

    /** @param source what is unpacked, for the message */
    public BoundedStream(InputStream in, String source, long maxBytes) {
        super(in);
        this.source = source;
        this.maxBytes = maxBytes;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int got = super.read(buffer, offset, length);
        count(Math.max(0, got));
        return got;
    }

    @Override
    public long skip(long wanted) throws IOException {
        long skipped = super.skip(wanted);
        count(skipped);
        return skipped;
    }

    private void count(long bytes) {
        seenBytes += bytes;
        if (seenBytes > maxBytes) {
            throw new ImageException(new ImageFailure.TooLarge(source, seenBytes, maxBytes));
        }
    }
}
