package org.kdive.machine;

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
