package org.kdive.session.expression;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import org.kdive.images.types.Type;

/** Numbers and characters as written. */
final class Literals {
    private Literals() {}

    static Node number(Token token, Types types) {
        String text = token.text().toLowerCase(Locale.ROOT);
        boolean isHex = text.startsWith("0x");
        if (!isHex && (text.contains(".") || text.contains("e"))) {
            return real(token, text, types);
        }
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == 'u' || text.charAt(end - 1) == 'l')) {
            end--;
        }
        String suffix = text.substring(end);
        String digits = text.substring(0, end);
        boolean isBinary = digits.startsWith("0b");
        int radix = isHex ? 16 : isBinary ? 2 : digits.length() > 1 && digits.startsWith("0") ? 8 : 10;
        try {
            BigInteger value = new BigInteger(isHex || isBinary ? digits.substring(2) : digits, radix);
            if (value.signum() >= 0
                    && value.bitLength() <= 64
                    && List.of("", "u", "l", "ul", "lu", "ll", "ull", "llu").contains(suffix)) {
                return new Node.IntegerLiteral(token.at(), value.longValue(), type(value, suffix, radix, types));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Misstep(token.at(), "Invalid number \"%s\".".formatted(token.text()));
    }

    // C11 6.4.4.1: the first type that holds it; unsigned ones for decimal numbers only if asked for
    private static Type type(BigInteger value, String suffix, int radix, Types types) {
        boolean unsignedOnly = suffix.contains("u");
        boolean unsignedToo = unsignedOnly || radix != 10;
        long longs = suffix.chars().filter(c -> c == 'l').count();
        String[] names = {"int", "long", "long long"};
        for (int i = (int) longs; i < names.length; i++) {
            int bits = 8 * (int) types.c(names[i]).sizeBytes();
            if (!unsignedOnly && value.bitLength() < bits) {
                return types.c(names[i]);
            }
            if (unsignedToo && value.bitLength() <= bits) {
                return types.c("unsigned " + names[i]);
            }
        }
        return types.c(types.pointerBytes() == 8 ? "unsigned long" : "unsigned long long");
    }

    private static Node real(Token token, String text, Types types) {
        String type = text.endsWith("f") ? "float" : "double";
        String digits = text.endsWith("f") || text.endsWith("l") ? text.substring(0, text.length() - 1) : text;
        try {
            return new Node.RealLiteral(token.at(), Double.parseDouble(digits), types.c(type));
        } catch (NumberFormatException e) {
            throw new Misstep(token.at(), "Invalid number \"%s\".".formatted(token.text()));
        }
    }

    static Node character(Token token, Types types) {
        if (token.bytes().size() != 1) {
            throw new Misstep(token.at(), "Invalid character constant.");
        }
        return new Node.IntegerLiteral(token.at(), token.bytes().get(0), types.c("char"));
    }
}
