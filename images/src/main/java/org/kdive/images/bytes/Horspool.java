package org.kdive.images.bytes;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Where a string of bytes occurs, by Horspool's algorithm: most of the bytes searched are never looked at. */
final class Horspool {
    private Horspool() {}

    /** The first occurrence that begins at or after {@code from} and ends at or before {@code end}; -1 if there is none. */
    static int find(ByteBuffer buffer, byte[] needle, int from, int end) {
        int last = needle.length - 1;
        if (last < 0) {
            return from;
        }
        int[] shifts = shifts(needle);
        int at = from;
        while (at <= end - needle.length) {
            int shift = shifts[buffer.get(at + last) & 0xff];
            if (shift == 0) {
                if (isAt(buffer, needle, at)) {
                    return at;
                }
                shift = 1;
            }
            at += shift;
        }
        return -1;
    }

    /** How far a window may move, given the byte at its end; 0 where the needle may be here. */
    private static int[] shifts(byte[] needle) {
        int[] shifts = new int[256];
        Arrays.fill(shifts, needle.length);
        for (int i = 0; i < needle.length; i++) {
            shifts[needle[i] & 0xff] = needle.length - 1 - i;
        }
        return shifts;
    }

    static boolean isAt(ByteBuffer buffer, byte[] expected, int from) {
        for (int i = 0; i < expected.length; i++) {
            if (buffer.get(from + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
