package org.kdive.session.printing;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.function.LongFunction;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Type;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Scalars;

/** gdb's format letters, on one number. GDB manual, "Output Formats". */
final class Formats {
    private static final String LETTERS = " xduotacfszr";

    private Formats() {}

    static void check(char format) {
        if (LETTERS.indexOf(format) < 0) {
            throw new SessionException(
                    "\"%c\" is no format; there are x d u o t a c f s z r".formatted(format),
                    new SessionFailure.Usage("print/FORMAT EXPRESSION"));
        }
    }

    static String number(char format, byte[] bytes, Type bare, ByteOrder order, LongFunction<String> symbol) {
        BigInteger bits = Scalars.unsigned(bytes, order);
        return switch (format) {
            case 'x' -> "0x" + bits.toString(16);
            case 'z' ->
                "0x"
                        + "0"
                                .repeat(Math.max(
                                        0, 2 * bytes.length - bits.toString(16).length())) + bits.toString(16);
            case 'u' -> bits.toString();
            case 'd' -> Integers.decimal(bytes, true, order);
            case 'o' -> bits.signum() == 0 ? "0" : "0" + bits.toString(8);
            case 't' -> bits.toString(2);
            case 'a' -> address(bytes, bare, order, symbol);
            case 'c' -> character(bytes, bare, order);
            case 'f' ->
                bytes.length == 4 || bytes.length == 8 || bare instanceof FloatType
                        ? real(bytes, order)
                        : Integers.decimal(bytes, isSigned(bare), order);
            default -> Integers.decimal(bytes, isSigned(bare), order);
        };
    }

    private static boolean isSigned(Type bare) {
        return bare instanceof IntType integer && integer.isSigned()
                || bare instanceof EnumType constants && constants.isSigned();
    }

    // gdb looks at the low byte of a longer integer
    private static String character(byte[] bytes, Type bare, ByteOrder order) {
        byte low = Scalars.unsigned(bytes, order).byteValue();
        int number = isSigned(bare) ? low : low & 0xff;
        return number + " '" + Texts.character(low, '\'') + "'";
    }

    private static String address(byte[] bytes, Type bare, ByteOrder order, LongFunction<String> symbol) {
        long address = Integers.bits(bytes, isSigned(bare), order);
        return "0x" + Long.toHexString(address) + symbol.apply(address);
    }

    static String real(byte[] bytes, ByteOrder order) {
        return Scalars.realText(Scalars.real(bytes, order), bytes.length);
    }
}
