package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Keepsake;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** Expressions that are shown at every stop: {@code display} and what belongs to it. Session thread. */
final class Displays {
    private static final String USAGE = "display[/FORMAT] EXPRESSION";
    private static final Pattern KEPT = Pattern.compile("(\\d{1,6}) ([yn]) /(\\w{0,12}) (.+)");

    /** @param format gdb's letters, x's for code and text */
    private record Display(String format, String expression, boolean enabled) {
        boolean examines() {
            return format.contains("i") || format.contains("s") || format.length() > 1;
        }

        String slash() {
            return format.isEmpty() ? "" : "/" + format + " ";
        }
    }

    private final PrintSettings printing;
    private final Map<Integer, Display> displays = new TreeMap<>();
    private int lastNumber;

    Displays(PrintSettings printing) {
        this.printing = printing;
    }

    List<Command> commands() {
        return List.of(display(), undisplay());
    }

    private Command display() {
        return Command.named("display")
                .topic(Topic.DATA)
                .usage(USAGE)
                .usage("display")
                .summary("show an expression now and at every stop")
                .help("""
                        FORMAT is print's, or one of x's: i and s, or with a count. Without an expression all are shown.
                          display/i $pc
                          display $lx_current()->comm""")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        shown(session, output);
                        return;
                    }
                    var unused = session.parse(arguments.tail()); // what makes no sense is said now
                    requireNames(session, arguments.tail());
                    displays.put(++lastNumber, new Display(arguments.format(), arguments.tail(), true));
                    session.vigil().frontEnd(this::save);
                    if (session.state() instanceof Stop) {
                        show(session, lastNumber, output);
                    }
                });
    }

    // as gdb: a name that nothing has would have none at the next stop either
    private static void requireNames(Session session, String expression) {
        if (session.state() instanceof Stop) {
            try {
                var unused = session.typeOf(expression);
            } catch (SessionException e) {
                if (e.failure() instanceof SessionFailure.NoSymbol
                        && session.program()
                                .filter(program -> program.slideBytes().isPresent())
                                .isPresent()) {
                    throw e;
                }
            }
        }
    }

    private Command undisplay() {
        return Command.named("undisplay")
                .topic(Topic.DATA)
                .usage("undisplay [NUMBER...]")
                .summary("show an expression no longer; none of them, without a number")
                .runs((session, arguments, output) -> delete(arguments));
    }

    /** {@code delete display}, {@code undisplay}. */
    void delete(Arguments arguments) {
        numbers(arguments).forEach(displays::remove);
    }

    /** {@code enable display}, {@code disable display}. */
    void enable(Arguments arguments, boolean value) {
        numbers(arguments)
                .forEach(number -> displays.computeIfPresent(
                        number, (n, one) -> new Display(one.format(), one.expression(), value)));
    }

    private List<Integer> numbers(Arguments arguments) {
        if (arguments.isEmpty()) {
            return List.copyOf(displays.keySet());
        }
        List<Integer> numbers = new ArrayList<>();
        for (String word : arguments.words()) {
            int number = Words.count(word, "undisplay [NUMBER...]");
            if (!displays.containsKey(number)) {
                throw new SessionException("no display number " + number, new SessionFailure.Usage("info display"));
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** What brings them back as they are now. */
    Keepsake save() {
        Map<Integer, Display> then = new TreeMap<>(displays);
        int number = lastNumber;
        return new Keepsake() {
            @Override
            public void restore() {
                displays.clear();
                displays.putAll(then);
                lastNumber = number;
            }

            @Override
            public List<String> lines() {
                return then.entrySet().stream()
                        .map(one -> "%d %s /%s %s"
                                .formatted(
                                        one.getKey(),
                                        one.getValue().enabled() ? "y" : "n",
                                        one.getValue().format(),
                                        one.getValue().expression()))
                        .toList();
            }
        };
    }

    /** Those that {@link Keepsake#lines} wrote elsewhere; what is no display is passed over. */
    void adopt(Session session, List<String> lines) {
        session.vigil().frontEnd(this::save);
        for (String line : lines) {
            Matcher known = KEPT.matcher(line);
            if (known.matches()) {
                int number = Integer.parseInt(known.group(1));
                displays.put(
                        number,
                        new Display(
                                known.group(3), known.group(4), known.group(2).equals("y")));
                lastNumber = Math.max(lastNumber, number);
            }
        }
    }

    /** {@code info display}. */
    Command info() {
        return Command.named("display")
                .usage("info display")
                .summary("expressions that are shown at every stop")
                .runs((session, arguments, output) -> {
                    if (displays.isEmpty()) {
                        output.line("There are no auto-display expressions now.");
                        return;
                    }
                    output.line("Auto-display expressions now in effect:");
                    output.line("Num Enb Expression");
                    displays.forEach((number, one) -> output.line(
                            "%-4d%-4s%s%s", number, one.enabled() ? "y" : "n", one.slash(), one.expression()));
                });
    }

    /** All that are enabled; one that cannot be had now says why in its place. */
    void shown(Session session, Output output) {
        displays.forEach((number, one) -> {
            if (one.enabled()) {
                show(session, number, output);
            }
        });
    }

    private void show(Session session, int number, Output output) {
        Display one = displays.get(number);
        if (one == null) {
            return;
        }
        try {
            if (one.examines()) {
                long address = session.evaluate(one.expression()).bits();
                output.line("%d: x/%s %s", number, one.format(), one.expression());
                new Examine()
                        .show(
                                session.requireStop(),
                                one.format(),
                                Optional.of(address),
                                output,
                                () -> {}); // also at the stop of a Ctrl-C
            } else {
                char format = one.format().isEmpty() ? ' ' : one.format().charAt(0);
                String text = printing.text(session, session.evaluate(one.expression()), format);
                output.line("%d: %s%s = %s", number, one.slash(), one.expression(), text);
            }
        } catch (RuntimeException e) {
            String why = Complaint.of(e).text().lines().findFirst().orElse("");
            output.line("%d: %s%s = <%s>", number, one.slash(), one.expression(), why);
        }
    }
}
