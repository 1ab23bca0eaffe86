package org.kdive.command;

import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.printing.PrintOptions;

/** {@code set print}: how values are shown from now on. */
final class PrintSetting {
    private static final String USAGE =
            "set print pretty|symbol on|off | set print elements|repeats|max-depth N|unlimited";

    /** A count without end: more than a guest has. */
    static final int UNLIMITED = 1 << 20;

    static final int DEEPEST = 64; // than the deepest of the kernel's, and still bounded

    private PrintSetting() {}

    static PrintOptions changed(PrintOptions now, String what, String value) {
        return switch (what) {
            case "pretty" ->
                new PrintOptions(isOn(value), now.elements(), now.repeats(), now.maxDepth(), now.symbols());
            case "symbol" -> new PrintOptions(now.pretty(), now.elements(), now.repeats(), now.maxDepth(), isOn(value));
            case "elements" ->
                new PrintOptions(now.pretty(), count(value), now.repeats(), now.maxDepth(), now.symbols());
            case "repeats" ->
                new PrintOptions(now.pretty(), now.elements(), count(value), now.maxDepth(), now.symbols());
            case "max-depth" ->
                new PrintOptions(now.pretty(), now.elements(), now.repeats(), depth(value), now.symbols());
            default ->
                throw new SessionException(
                        "set print %s: there are pretty, symbol, elements, repeats and max-depth".formatted(what),
                        new SessionFailure.Usage(USAGE));
        };
    }

    private static boolean isOn(String value) {
        return isOn(value, USAGE);
    }

    static boolean isOn(String value, String usage) {
        return switch (value) {
            case "on", "1", "yes", "enable" -> true;
            case "off", "0", "no", "disable" -> false;
            default ->
                throw new SessionException("\"%s\": on or off".formatted(value), new SessionFailure.Usage(usage));
        };
    }

    private static int count(String value) {
        return value.equals("unlimited") || value.equals("0") ? UNLIMITED : Words.count(value, USAGE);
    }

    private static int depth(String value) {
        if (value.equals("0")) {
            return 0;
        }
        return value.equals("unlimited") || value.equals("-1") ? DEEPEST : Math.min(DEEPEST, Words.count(value, USAGE));
    }
}
