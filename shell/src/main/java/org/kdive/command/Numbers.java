package org.kdive.command;

import java.math.BigInteger;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** gdb's format letters: how a number is written. */
final class Numbers {
    private Numbers() {}

    /** Throws Usage for a letter that is none. */
    static String format(char letter, BigInteger unsigned, int widthBytes) {
        BigInteger wrap = BigInteger.ONE.shiftLeft(8 * widthBytes);
        BigInteger bits = unsigned.mod(wrap);
        boolean negative = bits.testBit(8 * widthBytes - 1);
        return switch (letter) {
            case 'x' -> "0x" + bits.toString(16);
            case 'z' -> "0x" + padded(bits, widthBytes);
            case 'u' -> bits.toString();
            case 'd' -> (negative ? bits.subtract(wrap) : bits).toString();
            case 'o' -> bits.signum() == 0 ? "0" : "0" + bits.toString(8);
            case 't' -> bits.toString(2);
            case 'c' -> character(negative ? bits.subtract(wrap) : bits);
            case 'f' -> floating(bits, widthBytes);
            default ->
                throw new SessionException(
                        "\"%c\" is no format; there are x d u o t a c s i z f".formatted(letter),
                        new SessionFailure.Usage("print/FORMAT"));
        };
    }

    static String padded(BigInteger bits, int widthBytes) {
        String digits = bits.toString(16);
        return "0".repeat(Math.max(0, 2 * widthBytes - digits.length())) + digits;
    }

    // as gdb: 65 'A'
    private static String character(BigInteger value) {
        int c = value.intValue() & 0xff;
        return "%s '%s'".formatted(value, Strings.escaped((byte) c, '\''));
    }

    private static String floating(BigInteger bits, int widthBytes) {
        return switch (widthBytes) {
            case 4 -> String.valueOf(Float.intBitsToFloat(bits.intValue()));
            case 8 -> String.valueOf(Double.longBitsToDouble(bits.longValue()));
            default -> bits.toString();
        };
    }
}
