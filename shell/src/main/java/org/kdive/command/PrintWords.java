package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.printing.PrintOptions;

/**
 * gdb's options before the expression of one {@code print}: {@code print -elements 4 -pretty off -- x}. What is no option's
 * name is an expression with a minus before it.
 *
 * @param options for this one value
 * @param rest without them; its format may stand behind {@code --}
 */
record PrintWords(PrintOptions options, Arguments rest) {
    private static final List<String> NAMES = List.of("elements", "max-depth", "pretty", "repeats", "symbol");
    private static final Pattern OPTION =
            Pattern.compile("-([a-z][a-z-]{2,})(?:\\s+(on|off|yes|no|enable|disable|unlimited|-?\\d+))?(?:\\s+|$)");
    private static final String END = "--";

    static PrintWords of(PrintOptions now, Arguments arguments) {
        PrintOptions options = now;
        String tail = arguments.tail();
        boolean any = false;
        Matcher option = OPTION.matcher(tail);
        while (option.lookingAt() && name(option.group(1)).isPresent()) {
            String name = name(option.group(1)).orElseThrow();
            options = PrintSetting.changed(options, name, value(name, option));
            tail = tail.substring(option.end());
            any = true;
            option = OPTION.matcher(tail);
        }
        boolean isEnded = tail.startsWith(END) && (any || tail.startsWith(END + " "));
        if (!any && !isEnded) {
            return new PrintWords(now, arguments);
        }
        String expression = (isEnded ? tail.substring(END.length()) : tail).strip();
        String format = arguments.format().isEmpty() ? "" : "/" + arguments.format() + " ";
        return new PrintWords(
                options,
                Arguments.parse(arguments.verb() + " " + format + expression).withFormatApart());
    }

    private static Optional<String> name(String beginning) {
        List<String> found =
                NAMES.stream().filter(name -> name.startsWith(beginning)).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static String value(String name, Matcher option) {
        boolean isSwitch = name.equals("pretty") || name.equals("symbol");
        if (option.group(2) == null && !isSwitch) {
            throw new SessionException(
                    "print -%s: how many?".formatted(name),
                    new SessionFailure.Usage("print -%s N -- X".formatted(name)));
        }
        return option.group(2) == null ? "on" : option.group(2);
    }
}
