package org.kdive.session.printing;

import java.util.Arrays;

/** Where in the bytes of a value a part of it begins; its address in the guest is of no use for a value that is nowhere. */
final class Piece {
    private final byte[] bytes;
    private final int start;
    private final long address;

    Piece(byte[] bytes, int start, long address) {
        this.bytes = bytes;
        this.start = start;
        this.address = address;
    }

    long address() {
        return address;
    }

    Piece at(long offset) {
        return new Piece(bytes, (int) Math.min(start + offset, bytes.length), address + offset);
    }

    /** Fewer where the value ends: hostile types have members outside of their struct. */
    byte[] take(long length) {
        int end = (int) Math.min(bytes.length, start + Math.max(0, length));
        return Arrays.copyOfRange(bytes, Math.min(start, end), end);
    }

    boolean equalTo(Piece other, long length) {
        return Arrays.equals(take(length), other.take(length));
    }
}
