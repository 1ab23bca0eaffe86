package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.session.Breakpoint;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Cause;
import org.kdive.session.Fate;
import org.kdive.session.Role;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionState;

/** The verbs that set breakpoints and watchpoints. */
final class BreakpointVerbs {
    private static final Pattern WHERE = Pattern.compile(
            "(?<place>.*?)(?:(?:^|\\s+)thread\\s+(?<thread>\\S+))?(?:(?:^|\\s+)if\\b(?<condition>.*))?");
    private static final Pattern BYTES = Pattern.compile("\\d{1,9}");

    private BreakpointVerbs() {}

    static List<Command> all(Displays displays) {
        List<Command> all = new ArrayList<>(List.of(
                breakpoint("break", "stop at a place", Stoppoint.Kind.SOFTWARE, Fate.KEEP, "b", "br", "brea"),
                breakpoint("tbreak", "stop at a place once", Stoppoint.Kind.SOFTWARE, Fate.DELETE, "tb"),
                breakpoint("hbreak", "stop at a place, by a debug register", Stoppoint.Kind.HARDWARE, Fate.KEEP, "hb"),
                breakpoint("thbreak", "stop once, by a debug register", Stoppoint.Kind.HARDWARE, Fate.DELETE, "thb"),
                watchpoint("watch", "stop when memory is changed", Stoppoint.Kind.WRITE),
                watchpoint("rwatch", "stop when memory is read", Stoppoint.Kind.READ),
                watchpoint("awatch", "stop when memory is read or written", Stoppoint.Kind.ACCESS)));
        all.addAll(CatchVerbs.all());
        all.addAll(ActionVerbs.all());
        all.addAll(BreakpointUpkeep.all(displays));
        return all;
    }

    /** Where and when: what {@code break} and its like take. */
    record Wanted(String place, int thread, @Nullable String condition) {
        static Wanted parse(Session session, String verb, String tail, String usage) {
            Matcher words = WHERE.matcher(tail);
            if (!words.matches()) {
                throw new SessionException(verb + ": one line", new SessionFailure.Usage(usage));
            }
            String condition = words.group("condition");
            if (condition != null && condition.isBlank()) {
                throw new SessionException(verb + ": a condition is missing after if", new SessionFailure.Usage(usage));
            }
            String place = words.group("place").strip();
            String location = place.isEmpty()
                    ? "*0x%x".formatted(session.requireStop().frame().pc())
                    : place;
            return new Wanted(location, thread(words.group("thread")), condition == null ? null : condition.strip());
        }

        private static int thread(@Nullable String word) {
            if (word == null) {
                return 0;
            }
            if (!BYTES.matcher(word).matches() || Integer.parseInt(word) == 0) {
                throw new SessionException(
                        "Invalid thread ID: %s".formatted(word), new SessionFailure.Usage("info threads"));
            }
            return Integer.parseInt(word);
        }

        BreakpointSpec spec(Stoppoint.Kind kind) {
            return BreakpointSpec.at(kind, place).withThread(thread).withCondition(condition);
        }
    }

    private static Command breakpoint(String name, String summary, Stoppoint.Kind kind, Fate fate, String... aliases) {
        String usage = name + " [LOCATION] [thread NUMBER] [if CONDITION]";
        return Command.named(name, aliases)
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary(summary)
                .help(
                        "LOCATION is SYMBOL, SYMBOL+OFFSET, MODULE:SYMBOL or *EXPRESSION; without one it is the next instruction. A"
                                + " symbol may be given before the kernel is loaded, or booted: the breakpoint is pending until KASLR"
                                + " has chosen. One in a module waits for the module. A name that several functions have stops in all of"
                                + " them.\n\nThe thread is a CPU, as info threads numbers them.")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    BreakpointSpec spec =
                            Wanted.parse(session, name, arguments.tail(), usage).spec(kind);
                    added(session, session.place(spec.withFate(fate)), title(kind, fate), output);
                });
    }

    private static String title(Stoppoint.Kind kind, Fate fate) {
        String what = kind == Stoppoint.Kind.HARDWARE ? "Hardware assisted breakpoint" : "Breakpoint";
        return fate.kind() != Fate.Kind.DELETE ? what : kind == Stoppoint.Kind.HARDWARE ? what : "Temporary breakpoint";
    }

    /** Says where it is; before that, as gdb, which others are there. */
    static void added(Session session, Breakpoint breakpoint, String title, Output output) {
        String what = title + " " + breakpoint.number();
        if (breakpoint.isPending()) {
            output.line("%s at %s (pending: %s)", what, breakpoint.location(), why(session, breakpoint));
            return;
        }
        for (long address : breakpoint.addresses()) {
            others(session, breakpoint, address, output);
        }
        long first = breakpoint.addresses().get(0);
        if (breakpoint.sites().size() == 1) {
            output.line("%s at %s", what, session.requireStop().describe(first));
        } else {
            output.line(
                    "%s at 0x%x: %s. (%d locations)",
                    what, first, breakpoint.location(), breakpoint.sites().size());
        }
    }

    private static String why(Session session, Breakpoint breakpoint) {
        return session.state() instanceof SessionState.Idle
                ? "nothing is booted"
                : session.standing()
                        .map(standing -> standing.of(breakpoint).words())
                        .orElse("nothing is booted");
    }

    private static void others(Session session, Breakpoint breakpoint, long address, Output output) {
        List<Breakpoint> there = session.breakpoints().placedAt(address).stream()
                .filter(one -> one.number() != breakpoint.number())
                .toList();
        if (there.isEmpty()) {
            return;
        }
        List<String> names = there.stream()
                .map(one -> one.number() + (one.enabled() ? "" : " (disabled)"))
                .toList();
        String last = names.get(names.size() - 1);
        output.line(
                "Note: breakpoint%s also set at pc 0x%x.",
                names.size() == 1
                        ? " " + last
                        : names.stream().limit(names.size() - 1L).collect(Collectors.joining(", ", "s ", " and "))
                                + last,
                address);
    }

    private static Command watchpoint(String name, String summary, Stoppoint.Kind kind) {
        String usage = name + "[/BYTES] [-l] EXPRESSION [if CONDITION]";
        return Command.named(name)
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary(summary)
                .help(
                        "EXPRESSION is what is watched, as long as its type, or an address: then 8 bytes. BYTES says how many instead;"
                                + " QEMU's translator takes any length: watch/4096 *page. Where it is, is worked out once, as gdb does"
                                + " with -l. watch passes over writes that change nothing.")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    Wanted wanted = Wanted.parse(session, name, arguments.tail(), usage);
                    String expression = wanted.place().replaceFirst("^-l(ocation)?\\s+", "");
                    if (arguments.isEmpty() || expression.isEmpty()) {
                        throw new SessionException(
                                "Argument required (expression to compute).", new SessionFailure.Usage(usage));
                    }
                    OptionalLong bytes = arguments.format().isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of(Words.count(arguments.format(), usage));
                    Wanted watched = new Wanted(expression, wanted.thread(), wanted.condition());
                    Role role = Role.Watches.wanted(!expression.equals(wanted.place()));
                    Breakpoint set = session.watch(watched.spec(kind).withRole(role), bytes);
                    output.line(
                            "%s",
                            Cause.Watched.title(kind, set.number(), set.spec().words()));
                });
    }
}
