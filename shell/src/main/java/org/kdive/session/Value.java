package org.kdive.session;

import org.jspecify.annotations.Nullable;

/**
 * What an expression is worth: an integer of C's, as wide as 64 bits.
 *
 * @param bits the value, sign- or zero-extended to 64 bits
 * @param widthBytes 1, 2, 4 or 8
 * @param symbol the symbol it is the address of, or null when it is a plain number
 */
public record Value(
        long bits, int widthBytes, boolean signed, @Nullable String symbol) {

    public static Value signed(long bits) {
        return fits32(bits) ? new Value(bits, 4, true, null) : new Value(bits, 8, true, null);
    }

    public static Value unsigned(long bits, int widthBytes) {
        long kept = widthBytes == 8 ? bits : bits & ((1L << (8 * widthBytes)) - 1);
        return new Value(kept, widthBytes, false, null);
    }

    /** The address of a symbol. */
    public static Value addressOf(String symbol, long address) {
        return new Value(address, 8, false, symbol);
    }

    public boolean isTrue() {
        return bits != 0;
    }

    /** In decimal, as C would print it. */
    public String decimal() {
        return signed ? Long.toString(bits) : Long.toUnsignedString(bits);
    }

    private static boolean fits32(long bits) {
        return bits == (int) bits;
    }
}
