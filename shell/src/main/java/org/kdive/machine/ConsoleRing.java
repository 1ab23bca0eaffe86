package org.kdive.machine;

/** The last bytes of an endless stream, each known by its position from the very first one. Confined to one thread. */
final class ConsoleRing {
    private final byte[] bytes;
    private long end;

    ConsoleRing(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    /** Of the first byte that is still here. */
    long start() {
        return Math.max(0, end - bytes.length);
    }

    /** Of the byte that comes next. */
    long end() {
        return end;
    }

    void add(byte[] more, int length) {
        int skipped = Math.max(0, length - bytes.length);
        end += skipped;
        for (int from = skipped; from < length; ) {
            int at = (int) (end % bytes.length);
            int step = Math.min(length - from, bytes.length - at);
            System.arraycopy(more, from, bytes, at, step);
            from += step;
            end += step;
        }
    }

    /** All from {@code position} on, or from {@link #start} if that is later; nothing if it is not reached yet. */
    byte[] copyFrom(long position) {
        long from = Math.max(position, start());
        byte[] copy = new byte[(int) Math.max(0, end - from)];
        for (int done = 0; done < copy.length; ) {
            int at = (int) ((from + done) % bytes.length);
            int step = Math.min(copy.length - done, bytes.length - at);
            System.arraycopy(bytes, at, copy, done, step);
            done += step;
        }
        return copy;
    }
}
