package org.kdive.session.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteOrder;

/** Numbers to bytes of the target and back. */
public final class Scalars {
    private Scalars() {}

    /** The low bytes of a number, sign-extended where there are more than eight. */
    static byte[] bytes(long bits, int length, ByteOrder order) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[order == ByteOrder.LITTLE_ENDIAN ? i : length - 1 - i] = (byte) (bits >> Math.min(63, 8 * i));
        }
        return bytes;
    }

    /** Unsigned, of any length. */
    public static BigInteger unsigned(byte[] bytes, ByteOrder order) {
        byte[] big = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            big[i] = bytes[order == ByteOrder.LITTLE_ENDIAN ? bytes.length - 1 - i : i];
        }
        return new BigInteger(1, big);
    }

    /** The low 64 bits, extended from the length that there is. */
    static long bits(byte[] bytes, ByteOrder order, boolean signed) {
        long bits = 0;
        int used = Math.min(8, bytes.length);
        for (int i = used - 1; i >= 0; i--) {
            int at = order == ByteOrder.LITTLE_ENDIAN ? i : bytes.length - 1 - i;
            bits = bits << 8 | bytes[at] & 0xff;
        }
        int unused = 64 - 8 * used;
        return signed && used > 0 ? bits << unused >> unused : bits;
    }

    /** Bits of a bit-field, as wide as the type that it was declared with. */
    public static byte[] bitField(
            byte[] holder, int bitOffset, int bitSize, int length, boolean signed, ByteOrder order) {
        BigInteger all = unsigned(holder, order);
        int shift = order == ByteOrder.LITTLE_ENDIAN ? bitOffset : 8 * holder.length - bitOffset - bitSize;
        long bits = all.shiftRight(shift).longValue();
        int unused = 64 - bitSize;
        return bytes(signed ? bits << unused >> unused : bits << unused >>> unused, length, order);
    }

    /** The holder with other bits in the place of a bit-field. */
    static byte[] withBitField(byte[] holder, int bitOffset, int bitSize, long bits, ByteOrder order) {
        int shift = order == ByteOrder.LITTLE_ENDIAN ? bitOffset : 8 * holder.length - bitOffset - bitSize;
        BigInteger mask = BigInteger.ONE.shiftLeft(bitSize).subtract(BigInteger.ONE);
        BigInteger field = BigInteger.valueOf(bits).and(mask).shiftLeft(shift);
        BigInteger all = unsigned(holder, order).andNot(mask.shiftLeft(shift)).or(field);
        byte[] changed = new byte[holder.length];
        for (int i = 0; i < changed.length; i++) {
            changed[order == ByteOrder.LITTLE_ENDIAN ? i : changed.length - 1 - i] =
                    all.shiftRight(8 * i).byteValue();
        }
        return changed;
    }

    /** IEEE 754 of 4 or 8 bytes, x87's 80 bits, else 0. */
    public static double real(byte[] bytes, ByteOrder order) {
        return switch (bytes.length) {
            case 4 -> Float.intBitsToFloat((int) bits(bytes, order, false));
            case 8 -> Double.longBitsToDouble(bits(bytes, order, false));
            case 10, 16 -> extended(unsigned(bytes, order));
            default -> 0;
        };
    }

    // x87: 1 sign bit, 15 of exponent, 64 of mantissa with its leading 1
    private static double extended(BigInteger bits) {
        int exponent = bits.shiftRight(64).intValue() & 0x7fff;
        double mantissa = new BigInteger(Long.toUnsignedString(bits.longValue())).doubleValue();
        double size = Math.scalb(mantissa, exponent - 16383 - 63);
        return bits.testBit(79) ? -size : size;
    }

    static byte[] realBytes(double value, int length, ByteOrder order) {
        long bits = length == 4 ? Float.floatToRawIntBits((float) value) : Double.doubleToRawLongBits(value);
        return bytes(bits, length, order);
    }

    // the sign, and the bits of the fraction, as gdb
    private static String notANumber(double value, int length) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = length == 4 ? (bits & 0xfffffffffffffL) >>> 29 : bits & 0xfffffffffffffL;
        return "%snan(0x%x)".formatted(bits < 0 ? "-" : "", fraction);
    }

    /** As C's {@code %g} with the digits that tell two numbers apart: 9 for 4 bytes, 17 for 8. */
    public static String realText(double value, int length) {
        if (Double.isNaN(value)) {
            return notANumber(value, length);
        }
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        int digits = length == 4 ? 9 : 17;
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < digits) {
            String plain = rounded.toPlainString();
            return plain.contains(".") ? plain.replaceAll("0+$", "").replaceAll("\\.$", "") : plain;
        }
        BigDecimal mantissa = rounded.movePointLeft(exponent).stripTrailingZeros();
        return "%se%s%02d".formatted(mantissa.toPlainString(), exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
