package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kdive.session.Breakpoint;
import org.kdive.session.Fate;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs that change, remove and keep breakpoints that are there. */
final class BreakpointUpkeep {
    private BreakpointUpkeep() {}

    /** @param displays what delete, enable and disable have a word for, too */
    static List<Command> all(Displays displays) {
        return List.of(delete(displays), clear(), enable(displays), disable(displays), condition(), ignore(), save());
    }

    private static Command.Builder named(String name, String... aliases) {
        return Command.named(name, aliases).topic(Topic.BREAKPOINTS).completes(Completers.BREAKPOINTS);
    }

    private static Command delete(Displays displays) {
        Subcommands words = new Subcommands(
                        "delete", List.of(display("delete", "show expressions no longer", displays::delete)))
                .otherwise(BreakpointUpkeep::delete, Completers.BREAKPOINTS);
        return named("delete", "d", "del")
                .usage("delete [NUMBER...]")
                .usage("delete display [NUMBER...]")
                .summary("remove breakpoints; all of them without a number")
                .help("Numbers may be ranges: delete 2-5 7.")
                .completes(words)
                .runs(words);
    }

    private static void delete(Session session, Arguments arguments, Output output) {
        List<String> words = words(arguments);
        if (words.isEmpty()) {
            session.breakpoints().deleteAll();
        } else {
            each(BreakpointNumbers.whole(session, words), session.breakpoints()::delete);
        }
    }

    private static Command display(String verb, String summary, Consumer<Arguments> action) {
        return Command.named("display")
                .usage(verb + " display [NUMBER...]")
                .summary(summary)
                .runs((session, arguments, output) -> action.accept(arguments));
    }

    private static Command disable(Displays displays) {
        Command plain = switching("disable", "keep breakpoints from stopping", false, "dis");
        Command display = display("disable", "keep expressions without showing them", a -> displays.enable(a, false));
        Subcommands words =
                new Subcommands("disable", List.of(display)).otherwise(plain.action(), Completers.BREAKPOINTS);
        return named("disable", "dis")
                .usage(plain.usage())
                .usage("disable display [NUMBER...]")
                .summary(plain.summary())
                .completes(words)
                .runs(words);
    }

    // "delete breakpoints 2" is gdb's long form
    private static List<String> words(Arguments arguments) {
        List<String> words = arguments.words();
        boolean isLong = !words.isEmpty() && words.get(0).length() > 2 && "breakpoints".startsWith(words.get(0));
        return isLong ? words.subList(1, words.size()) : words;
    }

    // as gdb: what can be done is done, and then it is said what could not
    private static <T> void each(List<T> all, Consumer<T> action) {
        SessionException first = null;
        for (T one : all) {
            try {
                action.accept(one);
            } catch (SessionException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static Command clear() {
        return named("clear", "cl")
                .usage("clear [LOCATION]")
                .summary("remove the breakpoints at a place; at the next instruction without one")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    String location = arguments.isEmpty() ? "*$pc" : arguments.tail();
                    TreeSet<Integer> numbers = new TreeSet<>();
                    for (long address : session.resolve(location)) {
                        session.breakpoints().placedAt(address).forEach(one -> numbers.add(one.number()));
                    }
                    session.breakpoints().all().stream()
                            .filter(one -> one.isPending() && one.location().equals(location))
                            .forEach(one -> numbers.add(one.number()));
                    if (numbers.isEmpty()) {
                        throw new SessionException(
                                arguments.isEmpty()
                                        ? "No breakpoint at this line."
                                        : "No breakpoint at %s.".formatted(location),
                                new SessionFailure.Usage("info breakpoints"));
                    }
                    numbers.forEach(session.breakpoints()::delete);
                    output.line(
                            "Deleted breakpoint%s %s",
                            numbers.size() == 1 ? "" : "s",
                            numbers.stream().map(String::valueOf).collect(Collectors.joining(" ")));
                });
    }

    private static Command enable(Displays displays) {
        Command once = fate("once", "enable once NUMBER...", "let them stop once more, then disable them", 1);
        Command delete = Command.named("delete")
                .usage("enable delete NUMBER...")
                .summary("let them stop once more, then delete them")
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> each(
                        required(session, arguments.words()),
                        number -> session.breakpoints().enable(number, Fate.DELETE)));
        Command count = Command.named("count")
                .usage("enable count COUNT NUMBER...")
                .summary("let them stop so many times, then disable them")
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.isEmpty()) {
                        throw new SessionException(
                                "Argument required (hit count).",
                                new SessionFailure.Usage("enable count COUNT NUMBER..."));
                    }
                    int stops = Words.count(words.get(0), "enable count COUNT NUMBER...");
                    each(
                            required(session, words.subList(1, words.size())),
                            number -> session.breakpoints().enable(number, Fate.disableAfter(stops)));
                });
        Subcommands words = new Subcommands(
                        "enable",
                        List.of(
                                once,
                                delete,
                                count,
                                display("enable", "show expressions again", a -> displays.enable(a, true))))
                .otherwise(switching("enable", "", true).action(), Completers.BREAKPOINTS);
        return named("enable", "en")
                .usage("enable [NUMBER...]")
                .usage("enable once NUMBER...")
                .usage("enable count COUNT NUMBER...")
                .usage("enable delete NUMBER...")
                .usage("enable display [NUMBER...]")
                .summary("let breakpoints stop again")
                .help("NUMBER may be one place of a breakpoint, 1.2, or a range, 1.2-4.")
                .completes(words)
                .runs(words);
    }

    private static Command fate(String name, String usage, String summary, int stops) {
        return Command.named(name)
                .usage(usage)
                .summary(summary)
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> each(
                        required(session, arguments.words()),
                        number -> session.breakpoints().enable(number, Fate.disableAfter(stops))));
    }

    private static List<Integer> required(Session session, List<String> numbers) {
        if (numbers.isEmpty()) {
            throw new SessionException(
                    "Argument required (one or more breakpoint numbers).",
                    new SessionFailure.Usage("info breakpoints"));
        }
        return BreakpointNumbers.whole(session, numbers);
    }

    private static Command switching(String name, String summary, boolean on, String... aliases) {
        return named(name, aliases)
                .usage(name + " [NUMBER...]")
                .summary(summary)
                .runs((session, arguments, output) -> {
                    List<String> words = words(arguments);
                    if (words.isEmpty()) {
                        for (Breakpoint breakpoint : session.breakpoints().all()) {
                            session.breakpoints().enable(breakpoint.number(), on);
                        }
                    } else {
                        each(BreakpointNumbers.parse(session, words), named -> {
                            if (named.site().isPresent()) {
                                session.breakpoints()
                                        .enableSite(named.number(), named.site().getAsInt(), on);
                            } else {
                                session.breakpoints().enable(named.number(), on);
                            }
                        });
                    }
                });
    }

    private static Command condition() {
        String usage = "condition NUMBER [EXPRESSION]";
        return named("condition")
                .usage(usage)
                .summary("stop there only when an expression is true; always, without one")
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "Argument required (breakpoint number).", new SessionFailure.Usage(usage));
                    }
                    String word = arguments.tail().split("\\s+", 2)[0];
                    int number = BreakpointNumbers.one(session, word);
                    String expression =
                            arguments.tail().substring(word.length()).strip();
                    @Nullable String kept = expression.isEmpty() ? null : expression;
                    session.condition(number, kept);
                    if (kept == null) {
                        output.line("Breakpoint %d now unconditional.", number);
                    }
                });
    }

    private static Command ignore() {
        String usage = "ignore NUMBER COUNT";
        return named("ignore")
                .usage(usage)
                .summary("pass a breakpoint so many times before it stops")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.isEmpty()) {
                        throw new SessionException(
                                "Argument required (a breakpoint number).", new SessionFailure.Usage(usage));
                    }
                    if (words.size() == 1) {
                        throw new SessionException(
                                "Second argument (specified ignore-count) is missing.",
                                new SessionFailure.Usage(usage));
                    }
                    int number = BreakpointNumbers.one(session, words.get(0));
                    int count = (int) Math.max(0, count(session, arguments, words.get(0)));
                    session.breakpoints().ignore(number, count);
                    output.line("%s", ignoring(number, count));
                });
    }

    private static long count(Session session, Arguments arguments, String number) {
        String text = arguments.tail().substring(number.length()).strip();
        return text.chars().allMatch(Character::isDigit) && text.length() < 10
                ? Long.parseLong(text)
                : session.evaluate(text).bits();
    }

    private static String ignoring(int number, int count) {
        if (count == 0) {
            return "Will stop next time breakpoint %d is reached.".formatted(number);
        }
        return count == 1
                ? "Will ignore next crossing of breakpoint %d.".formatted(number)
                : "Will ignore next %d crossings of breakpoint %d.".formatted(count, number);
    }

    private static Command save() {
        Command breakpoints = Command.named("breakpoints")
                .usage("save breakpoints FILE")
                .summary("write the commands that set these breakpoints again, for source")
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "Argument required (file name in which to save)",
                                new SessionFailure.Usage("save breakpoints FILE"));
                    }
                    if (session.breakpoints().all().isEmpty()) {
                        output.line("Nothing to save.");
                        return;
                    }
                    SavedBreakpoints.write(session, arguments.tail());
                    output.line("Saved to file '%s'.", arguments.tail());
                });
        Subcommands words = new Subcommands("save", new ArrayList<>(List.of(breakpoints)));
        return Command.named("save")
                .topic(Topic.BREAKPOINTS)
                .usage("save breakpoints FILE")
                .summary("keep breakpoints in a file")
                .completes(words)
                .runs(words);
    }
}
