package org.kdive.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes with marks among them: each mark turns passing on or off, and is taken out. One thread. */
final class MarkedStream {
    /** Where the bytes go that pass. */
    @FunctionalInterface
    interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    private final byte[] mark;
    private final Sink sink;
    private boolean passing = true;
    private byte[] held = {}; // the beginning of a mark, perhaps

    MarkedStream(byte[] mark, Sink sink) {
        this.mark = mark.clone();
        this.sink = sink;
    }

    void accept(byte[] bytes, int length) throws IOException {
        byte[] all = new byte[held.length + length];
        System.arraycopy(held, 0, all, 0, held.length);
        System.arraycopy(bytes, 0, all, held.length, length);
        int from = 0;
        int at = 0;
        while (at < all.length && !endsWithin(all, at)) {
            if (startsAt(all, at)) {
                pass(all, from, at);
                passing = !passing;
                at += mark.length;
                from = at;
            } else {
                at++;
            }
        }
        pass(all, from, at);
        held = Arrays.copyOfRange(all, at, all.length);
    }

    private boolean startsAt(byte[] all, int at) {
        return all.length - at >= mark.length && matches(all, at, mark.length);
    }

    /** Whether all that is left could be the first part of a mark. */
    private boolean endsWithin(byte[] all, int at) {
        int left = all.length - at;
        return left < mark.length && matches(all, at, left);
    }

    private boolean matches(byte[] all, int at, int length) {
        for (int i = 0; i < length; i++) {
            if (all[at + i] != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private void pass(byte[] all, int from, int to) throws IOException {
        if (passing && to > from) {
            sink.write(ByteBuffer.wrap(all, from, to - from));
        }
    }
}
