package org.kdive.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.kdive.images.arch.Syntax;
import org.kdive.session.Scheduling;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.printing.PrintOptions;

/** All options of the language, by name, and the words of {@code set} and {@code show} that they make. Session thread. */
public final class Options {
    private static final String UNLIMITED = "unlimited";
    private static final String NO_EFFECT = "gdb's; taken because its scripts say it, it changes nothing here";
    private static final List<String> GDBS = List.of(
            "pagination",
            "confirm",
            "height",
            "width",
            "verbose",
            "logging",
            "history",
            "style",
            "python",
            "debuginfod",
            "complaints",
            "remotetimeout",
            "tcp",
            "architecture",
            "endian",
            "can-use-hw-watchpoints",
            "breakpoint");

    private final Settings settings;
    private final Map<String, Option> all = new LinkedHashMap<>();

    Options(Settings settings, PrintSettings printing) {
        this.settings = settings;
        add(
                "timeout",
                "TIME|off",
                "how long a verb waits for the guest to stop, or to say something",
                (session, value) -> settings.timeout(value.equals("off") ? null : Words.time(value)),
                session -> settings.timeout().map(Words::time).orElse("off").replace(" ", ""));
        add(
                "context",
                "on|off|args|regs|stack|code ...",
                "what is shown around a stop; nothing in a script by default",
                (session, value) -> settings.context(ContextView.parts(value)),
                session -> ContextView.words(settings.context()));
        add(
                "disassembly-flavor",
                "intel|att",
                "how x86 code is written",
                (session, value) -> session.writeCodeAs(syntax(value)),
                session -> session.codeSyntax().name().toLowerCase(Locale.ROOT));
        add(
                "scheduler-locking",
                "off|on|step|replay",
                "which CPUs are held: none, the others always, or while one instruction is stepped",
                (session, value) -> session.scheduling().locking(locking(value)),
                session -> session.scheduling().locking().name().toLowerCase(Locale.ROOT));
        add(
                "step-interrupts",
                "on|off",
                "whether a step may fall into an interrupt handler",
                (session, value) -> session.stepInterrupts(
                        value.isEmpty() || PrintSetting.isOn(value, "set step-interrupts on|off")),
                session -> onOff(session.scheduling().stepInterrupts()));
        add(
                "stop-on-panic",
                "on|off",
                "whether an oops and a panic stop the guest, with what its log tells of them",
                (session, value) ->
                        session.vigil().panics(value.isEmpty() || PrintSetting.isOn(value, "set stop-on-panic on|off")),
                session -> onOff(session.vigil().panics()));
        add(
                "stop-on-hang",
                "on|off",
                "whether the guest stops when its kernel says on the console that a CPU or a task hangs",
                (session, value) -> session.vigil().hangs(isOn("stop-on-hang", value)),
                session -> onOff(session.vigil().hangs()));
        add(
                "hang-timeout",
                "TIME|off",
                "how long a CPU of the guest may get nowhere, busy all the while, before the guest stops",
                (session, value) -> session.vigil().hangTimeout(value.equals("off") ? null : hangTimeout(value)),
                session -> session.vigil()
                        .hangTimeout()
                        .map(Words::time)
                        .orElse("off")
                        .replace(" ", ""));
        add(
                "checkpoint-on-panic",
                "on|off",
                "whether an oops, a panic and a hang are kept as checkpoints",
                (session, value) -> session.vigil().keeps(isOn("checkpoint-on-panic", value)),
                session -> onOff(session.vigil().keeps()));
        console();
        print(printing, "pretty", "on|off", "a line for each member of a struct", o -> onOff(o.pretty()));
        print(printing, "symbol", "on|off", "the symbol behind an address", o -> onOff(o.symbols()));
        print(printing, "elements", "N|unlimited", "how much of an array or a text", o -> count(o.elements()));
        print(printing, "repeats", "N|unlimited", "how many equal elements one by one", o -> count(o.repeats()));
        print(
                printing,
                "max-depth",
                "N|unlimited",
                "how deep structs are opened",
                o -> o.maxDepth() >= PrintSetting.DEEPEST ? UNLIMITED : Integer.toString(o.maxDepth()));
    }

    private void add(
            String name,
            String values,
            String summary,
            BiConsumer<Session, String> set,
            Function<Session, String> shown) {
        all.put(name, new Option(name, values, summary, set, shown));
    }

    private void console() {
        add(
                "console-timestamps",
                "on|off",
                "the host's time before each line of the guest's output",
                (session, value) -> session.console().stamp(isOn("console-timestamps", value)),
                session -> onOff(session.console().isStamped()));
        add(
                "console-ansi",
                "on|off",
                "whether the guest's escape sequences are kept, as far as the prompt's terminal can bear",
                (session, value) -> session.console().plain(!isOn("console-ansi", value)),
                session -> onOff(!session.console().isPlain()));
        add(
                "console-log",
                "FILE|off",
                "where all of the guest's output is added to, byte by byte",
                (session, value) -> session.console().copyTo(value.equals("off") ? null : Path.of(value)),
                session -> session.console().copy().map(Path::toString).orElse("off"));
    }

    private static Duration hangTimeout(String value) {
        Duration time = Words.time(value);
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new SessionException(
                    "set hang-timeout %s: at least 1s; a CPU may well be busy for less".formatted(value),
                    new SessionFailure.Usage("set hang-timeout TIME|off"));
        }
        return time;
    }

    private static boolean isOn(String name, String value) {
        if (!value.isEmpty() && !List.of("on", "off").contains(value)) {
            throw new SessionException(
                    "set %s %s: on or off".formatted(name, value), new SessionFailure.Usage("set " + name + " on|off"));
        }
        return !value.equals("off");
    }

    private void print(
            PrintSettings printing, String word, String values, String summary, Function<PrintOptions, String> shown) {
        add(
                "print " + word,
                values,
                summary,
                (session, value) -> printing.options(
                        PrintSetting.changed(printing.options(), word, value.isEmpty() ? "on" : value)),
                session -> shown.apply(printing.options()));
    }

    private static String onOff(boolean value) {
        return value ? "on" : "off";
    }

    // PrintSetting's own words for without end
    private static String count(int value) {
        return value >= PrintSetting.UNLIMITED ? UNLIMITED : Integer.toString(value);
    }

    private static Syntax syntax(String value) {
        return switch (value) {
            case "intel" -> Syntax.INTEL;
            case "att" -> Syntax.ATT;
            default ->
                throw new SessionException(
                        "set disassembly-flavor %s: intel or att".formatted(value),
                        new SessionFailure.Usage("set disassembly-flavor intel|att"));
        };
    }

    private static Scheduling.Locking locking(String value) {
        for (Scheduling.Locking each : Scheduling.Locking.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(value)) {
                return each;
            }
        }
        throw new SessionException(
                "set scheduler-locking %s: off, on, step or replay".formatted(value),
                new SessionFailure.Usage("set scheduler-locking off|on|step|replay"));
    }

    /** Sets one by its full name. Throws Usage for a name or a value that is none. */
    public void set(Session session, String name, String value) {
        Option option = all.get(name);
        if (option == null) {
            throw new SessionException(
                    "no option \"%s\"; show lists them".formatted(name), new SessionFailure.Usage("show"));
        }
        option.set().accept(session, value);
    }

    /** All, by name, with their values as {@link #set} takes them. */
    public Map<String, String> values(Session session) {
        Map<String, String> values = new LinkedHashMap<>();
        all.forEach((name, option) -> values.put(name, option.shown().apply(session)));
        return values;
    }

    /** The words of {@code set}. */
    List<Command> settings() {
        List<Command> words = words("set", option -> (session, arguments, output) -> {
            if (arguments.isEmpty() && !option.values().startsWith("on")) {
                String usage = "set %s %s".formatted(option.name(), option.values());
                throw new SessionException(
                        "set %s: to what?".formatted(option.name()), new SessionFailure.Usage(usage));
            }
            option.set().accept(session, arguments.tail());
        });
        words.add(Command.named("save")
                .usage("set save")
                .summary("keep all options for the prompts to come")
                .runs((session, arguments, output) -> settings.keep(values(session))));
        GDBS.forEach(name -> words.add(Command.named(name)
                .usage("set " + name + " ...")
                .summary(NO_EFFECT)
                .runs((session, arguments, output) -> {})));
        return words;
    }

    /** The words of {@code show}. */
    List<Command> shows() {
        return words(
                "show",
                option -> (session, arguments, output) ->
                        output.line("%s: %s", option.name(), option.shown().apply(session)));
    }

    private List<Command> words(String verb, Function<Option, Command.Action> action) {
        Set<String> groups = new LinkedHashSet<>();
        all.values().forEach(option -> groups.add(option.group()));
        List<Command> words = new ArrayList<>();
        for (String group : groups) {
            List<Command> members = all.values().stream()
                    .filter(option -> option.group().equals(group))
                    .map(option -> word(verb, option, action.apply(option)))
                    .toList();
            if (group.isEmpty()) {
                words.addAll(members);
            } else {
                Subcommands nested = new Subcommands(verb + " " + group, members);
                words.add(Command.named(group, group.substring(0, 1))
                        .usage("%s %s WORD".formatted(verb, group))
                        .summary("how values are shown")
                        .completes(nested)
                        .runs(nested));
            }
        }
        return words;
    }

    private static Command word(String verb, Option option, Command.Action action) {
        String values = verb.equals("set") ? " " + option.values() : "";
        return Command.named(option.word())
                .usage("%s %s%s".formatted(verb, option.name(), values))
                .summary(option.summary())
                .completes(Completers.words(option.values().split("[| ]")))
                .runs(action);
    }
}
