package org.kdive.command;

import java.math.BigInteger;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Scalars;

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
            case 't' -> widened(bits.toString(2), 8 * widthBytes);
            case 'c' -> character(bits.byteValue());
            case 'f' -> floating(bits, widthBytes);
            default ->
                throw new SessionException(
                        "\"%c\" is no format; there are x d u o t a c s i z f".formatted(letter),
                        new SessionFailure.Usage("print/FORMAT"));
        };
    }

    static String padded(BigInteger bits, int widthBytes) {
        return widened(bits.toString(16), 2 * widthBytes);
    }

    private static String widened(String digits, int width) {
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    // as gdb: 65 'A'
    private static String character(byte low) {
        return "%d '%s'".formatted(low, Strings.escaped(low, '\''));
    }

    private static String floating(BigInteger bits, int widthBytes) {
        return switch (widthBytes) {
            case 4 -> Scalars.realText(Float.intBitsToFloat(bits.intValue()), 4);
            case 8 -> Scalars.realText(Double.longBitsToDouble(bits.longValue()), 8);
            default -> bits.toString();
        };
    }
}
