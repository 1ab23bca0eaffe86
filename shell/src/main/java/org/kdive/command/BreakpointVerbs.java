package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.session.Breakpoint;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs about breakpoints and watchpoints. */
final class BreakpointVerbs {
    private static final Pattern IF = Pattern.compile("(.*?)(?:^|\\s)if\\b(.*)");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");
    private static final int MOST_NUMBERS = 10_000;

    private BreakpointVerbs() {}

    static List<Command> all() {
        return List.of(
                breakpoint("break", "stop at a place", Stoppoint.Kind.SOFTWARE, false, "b", "br", "brea"),
                breakpoint("tbreak", "stop at a place once", Stoppoint.Kind.SOFTWARE, true, "tb"),
                breakpoint("hbreak", "stop at a place, by a debug register", Stoppoint.Kind.HARDWARE, false, "hb"),
                breakpoint("thbreak", "stop once, by a debug register", Stoppoint.Kind.HARDWARE, true, "thb"),
                watchpoint("watch", "stop when memory is written", Stoppoint.Kind.WRITE),
                watchpoint("rwatch", "stop when memory is read", Stoppoint.Kind.READ),
                watchpoint("awatch", "stop when memory is read or written", Stoppoint.Kind.ACCESS),
                delete(),
                switching("enable", "let breakpoints stop again", true, "en"),
                switching("disable", "keep breakpoints from stopping", false, "dis"),
                condition(),
                ignore());
    }

    private static Command breakpoint(
            String name, String summary, Stoppoint.Kind kind, boolean temporary, String... aliases) {
        String usage = name + " [LOCATION] [if CONDITION]";
        return Command.named(name, aliases)
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary(summary)
                .help(
                        "LOCATION is SYMBOL, SYMBOL+OFFSET or *EXPRESSION; without one it is the next instruction. A symbol"
                                + " may be given before the kernel is loaded: the breakpoint is pending until KASLR has chosen."
                                + " A name that several functions have stops in all of them.")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    Matcher words = IF.matcher(arguments.tail());
                    boolean conditional = words.matches();
                    String place = (conditional ? words.group(1) : arguments.tail()).strip();
                    String condition = conditional ? words.group(2).strip() : null;
                    if (condition != null && condition.isEmpty()) {
                        throw new SessionException(
                                name + ": a condition is missing after if", new SessionFailure.Usage(usage));
                    }
                    String location = place.isEmpty()
                            ? "*0x%x".formatted(session.requireStop().pc())
                            : place;
                    added(session, session.addBreakpoint(kind, location, condition, temporary), output);
                });
    }

    private static void added(Session session, Breakpoint breakpoint, Output output) {
        String what = (breakpoint.temporary() ? "Temporary breakpoint " : "Breakpoint ") + breakpoint.number();
        if (breakpoint.isPending()) {
            output.line("%s at %s (pending: the kernel has not chosen its place yet)", what, breakpoint.location());
            return;
        }
        String first = session.requireStop().describe(breakpoint.addresses().get(0));
        int others = breakpoint.addresses().size() - 1;
        output.line("%s at %s%s", what, first, others == 0 ? "" : " and %d more".formatted(others));
    }

    private static Command watchpoint(String name, String summary, Stoppoint.Kind kind) {
        String usage = name + "[/BYTES] EXPRESSION";
        return Command.named(name)
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary(summary)
                .help(
                        "EXPRESSION is what is watched, as long as its type, or an address: then 8 bytes. BYTES says how many instead;"
                                + " QEMU's translator takes any length: watch/4096 *page.")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(name + ": which address?", new SessionFailure.Usage(usage));
                    }
                    OptionalLong bytes = arguments.format().isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of(Words.count(arguments.format(), usage));
                    Breakpoint set = session.addWatchpoint(kind, arguments.tail(), bytes);
                    output.line(
                            "Hardware watchpoint %d: %d bytes at %s",
                            set.number(),
                            set.lengthBytes(),
                            session.requireStop().describe(set.addresses().get(0)));
                });
    }

    private static Command delete() {
        return Command.named("delete", "d", "del")
                .topic(Topic.BREAKPOINTS)
                .usage("delete [NUMBER...]")
                .summary("remove breakpoints; all of them without a number")
                .help("Numbers may be ranges: delete 2-5 7.")
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        session.breakpoints().deleteAll();
                    } else {
                        each(arguments, "delete [NUMBER...]", session.breakpoints()::delete);
                    }
                });
    }

    private static Command switching(String name, String summary, boolean on, String alias) {
        return Command.named(name, alias)
                .topic(Topic.BREAKPOINTS)
                .usage(name + " [NUMBER...]")
                .summary(summary)
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        for (Breakpoint breakpoint : session.breakpoints().all()) {
                            session.breakpoints().enable(breakpoint.number(), on);
                        }
                    } else {
                        each(
                                arguments,
                                name + " [NUMBER...]",
                                n -> session.breakpoints().enable(n, on));
                    }
                });
    }

    private static Command condition() {
        return Command.named("condition")
                .topic(Topic.BREAKPOINTS)
                .usage("condition NUMBER [EXPRESSION]")
                .summary("stop there only when an expression is true; always, without one")
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> {
                    Arguments rest = arguments.shift();
                    int number = Words.count(rest.verb(), "condition NUMBER [EXPRESSION]");
                    String expression =
                            arguments.tail().substring(rest.verb().length()).strip();
                    @Nullable String kept = expression.isEmpty() ? null : expression;
                    session.breakpoints().condition(number, kept);
                    if (kept == null) {
                        output.line("Breakpoint %d now unconditional.", number);
                    }
                });
    }

    private static Command ignore() {
        return Command.named("ignore")
                .topic(Topic.BREAKPOINTS)
                .usage("ignore NUMBER COUNT")
                .summary("pass a breakpoint so many times before it stops")
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.size() != 2) {
                        throw new SessionException(
                                "ignore: a breakpoint and a count", new SessionFailure.Usage("ignore NUMBER COUNT"));
                    }
                    int number = Words.count(words.get(0), "ignore NUMBER COUNT");
                    int count = words.get(1).equals("0") ? 0 : Words.count(words.get(1), "ignore NUMBER COUNT");
                    session.breakpoints().ignore(number, count);
                    output.line("Will ignore next %d crossings of breakpoint %d.", count, number);
                });
    }

    private static void each(Arguments arguments, String usage, IntConsumer action) {
        List<Integer> numbers = new ArrayList<>();
        for (String word : arguments.words()) {
            Matcher range = RANGE.matcher(word);
            if (!range.matches()) {
                throw new SessionException("\"%s\" is no number".formatted(word), new SessionFailure.Usage(usage));
            }
            int first = Words.count(range.group(1), usage);
            int last = range.group(2) == null ? first : Words.count(range.group(2), usage);
            for (int n = first; n <= last && numbers.size() < MOST_NUMBERS; n++) {
                numbers.add(n);
            }
        }
        numbers.forEach(action::accept);
    }
}
