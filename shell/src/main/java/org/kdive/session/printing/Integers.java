package org.kdive.session.printing;

import java.math.BigInteger;
import java.nio.ByteOrder;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Scalars;

/** Integers of any width as text. */
final class Integers {
    private Integers() {}

    static long bits(byte[] bytes, boolean signed, ByteOrder order) {
        return value(bytes, signed, order).longValue();
    }

    static BigInteger value(byte[] bytes, boolean signed, ByteOrder order) {
        BigInteger value = Scalars.unsigned(bytes, order);
        boolean isNegative = signed && bytes.length > 0 && value.testBit(8 * bytes.length - 1);
        return isNegative ? value.subtract(BigInteger.ONE.shiftLeft(8 * bytes.length)) : value;
    }

    static String decimal(byte[] bytes, boolean signed, ByteOrder order) {
        return value(bytes, signed, order).toString();
    }

    /** As wide as the type it was declared with; where the holder ends early, zeros. */
    static byte[] bitField(byte[] holder, int bitOffset, int bitSize, Type type, ByteOrder order) {
        Type bare = type.strip();
        boolean signed = bare instanceof IntType integer && integer.isSigned()
                || bare instanceof EnumType constants && constants.isSigned();
        int used = Math.min(holder.length, (bitOffset + bitSize + 7) / 8);
        byte[] own = java.util.Arrays.copyOf(holder, used);
        return Scalars.bitField(own, bitOffset, Math.min(64, bitSize), (int) type.sizeBytes(), signed, order);
    }
}
