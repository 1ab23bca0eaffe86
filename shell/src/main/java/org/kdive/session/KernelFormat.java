package org.kdive.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a variadic kernel function that has just been entered would print, as far as its arguments are in registers. */
final class KernelFormat {
    private static final Pattern DIRECTIVE =
            Pattern.compile("%[-+ #0]*\\d*(?:\\.\\d+)?(hh|h|ll|l|z)?(?:([diuxXcs%])|p[a-zA-Z]*)");
    private static final Pattern PADDED = Pattern.compile("%[-+ #]*0[-+ #0]*([1-9]\\d?).*");
    private static final int IN_REGISTERS = 6;

    private KernelFormat() {}

    /** The format is the first argument. */
    static String fill(Caught here) {
        Matcher matcher = DIRECTIVE.matcher(here.textAt(here.argument(0)));
        StringBuilder out = new StringBuilder();
        int next = 1;
        while (matcher.find()) {
            if (matcher.group().equals("%%")) {
                matcher.appendReplacement(out, "%");
            } else if (next < IN_REGISTERS) {
                String text = one(here, matcher, here.argument(next++));
                matcher.appendReplacement(out, Matcher.quoteReplacement(text));
            } else {
                matcher.appendReplacement(out, Matcher.quoteReplacement(matcher.group()));
            }
        }
        matcher.appendTail(out);
        return out.toString();
    }

    private static String one(Caught here, Matcher directive, long value) {
        if (directive.group(2) == null) {
            return here.place(value);
        }
        long number = directive.group(1) == null || directive.group(1).startsWith("h") ? (int) value : value;
        return switch (directive.group(2)) {
            case "s" -> here.textAt(value);
            case "c" -> String.valueOf((char) (value & 0x7f));
            case "x", "X" -> {
                String prefix = directive.group().contains("#") ? "0x" : "";
                String digits = hex(directive, value, number);
                yield prefix + zeros(directive.group(), prefix.length() + digits.length()) + digits;
            }
            case "u" ->
                directive.group(1) == null ? Integer.toUnsignedString((int) value) : Long.toUnsignedString(value);
            default -> Long.toString(number);
        };
    }

    /** As many as {@code %08x} puts before what is so long. */
    static String zeros(String directive, int length) {
        Matcher width = PADDED.matcher(directive);
        return width.matches() ? "0".repeat(Math.max(0, Integer.parseInt(width.group(1)) - length)) : "";
    }

    private static String hex(Matcher directive, long value, long number) {
        return directive.group(1) == null ? Integer.toHexString((int) number) : Long.toHexString(value);
    }
}
