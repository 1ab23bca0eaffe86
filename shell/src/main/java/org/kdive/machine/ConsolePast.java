package org.kdive.machine;

import java.util.Arrays;

/**
 * What a guest wrote, as far as it is kept: the first of it, how many bytes after that are not kept any more, and the last.
 */
public final class ConsolePast {
    private final byte[] first;
    private final long leftOutBytes;
    private final byte[] last;

    ConsolePast(byte[] first, long leftOutBytes, byte[] last) {
        this.first = first;
        this.leftOutBytes = leftOutBytes;
        this.last = last;
    }

    /** The same without the bytes before a position. */
    public ConsolePast since(long position) {
        long gone = Math.max(0, position);
        int ofFirst = (int) Math.min(gone, first.length);
        long ofGap = Math.min(gone - ofFirst, leftOutBytes);
        int ofLast = (int) Math.min(gone - ofFirst - ofGap, last.length);
        return new ConsolePast(
                Arrays.copyOfRange(first, ofFirst, first.length),
                leftOutBytes - ofGap,
                Arrays.copyOfRange(last, ofLast, last.length));
    }

    /** From the first byte on: up to {@link #last} when nothing is left out between. Not copied: it is megabytes. */
    public byte[] first() {
        return first;
    }

    /** Between the two. */
    public long leftOutBytes() {
        return leftOutBytes;
    }

    /** Up to the last byte. Not copied. */
    public byte[] last() {
        return last;
    }
}
