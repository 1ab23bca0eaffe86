package org.kdive.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.kdive.machine.Console;
import org.kdive.machine.ConsolePast;
import org.kdive.session.SerialLine;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionListener;

/** {@code sysrq}, and what can be asked of the console's past. */
final class ConsoleVerbs {
    private static final int LONGEST_LINE = 4096; // a search must end, whatever the guest wrote
    private static final int MOST_LINES = 10_000;
    private static final int TAIL_LINES = 20;

    // Linux Documentation/admin-guide/sysrq.rst
    private static final Map<String, String> KEYS = known();

    private ConsoleVerbs() {}

    /** The second words of {@code console}. */
    static List<Command> words() {
        return List.of(search(), tail(), list(), add());
    }

    private static Command list() {
        return Command.named("list")
                .usage("console list")
                .summary("the guest's serial lines, and how much each has said")
                .runs((session, arguments, output) -> {
                    List<SerialLine> lines = session.console().lines();
                    if (lines.isEmpty()) {
                        throw new SessionException(
                                "no console: no machine was booted, nor attached to with --console",
                                new SessionFailure.NoTarget());
                    }
                    output.line("  Num Name         Said       Log");
                    for (SerialLine line : lines) {
                        output.line(
                                "%s %-3d %-12s %-10d %s",
                                session.console().isInUse(line) ? "*" : " ",
                                line.number(),
                                line.name(),
                                line.console().position(),
                                line.console().log());
                    }
                });
    }

    private static Command add() {
        return Command.named("add")
                .usage("console add NAME")
                .summary("plug one more serial line into the guest (pci-serial), its next ttyS: %s"
                        .formatted("console NAME types into it"))
                .help("Before the first instruction, or while the guest runs if its kernel takes a PCI device then.")
                .runs((session, arguments, output) -> {
                    SerialLine line = session.console().add(arguments.tail().strip(), session.hypervisor());
                    output.line("Serial line %d: %s", line.number(), line.name());
                });
    }

    /** The lines by name, for completion. */
    static List<String> names(Session session, String word) {
        return session.console().lines().stream()
                .map(SerialLine::name)
                .filter(name -> name.startsWith(word))
                .toList();
    }

    private static Command search() {
        return Command.named("search")
                .usage("console search REGEX")
                .usage("console search /REGEX/")
                .summary("the lines of the guest's output so far that match")
                .help("""
                        Kept are the first 16 MiB and the last 1 MiB. When more came, that is said in its place, and lines
                        behind it are counted back from the last, which is -1. set console-log FILE keeps all.""")
                .runs((session, arguments, output) -> {
                    Pattern pattern = pattern(arguments.tail());
                    ConsolePast past = present(session, output);
                    boolean whole = past.leftOutBytes() == 0;
                    List<String> first = textLines(whole ? joined(past.first(), past.last()) : past.first());
                    List<String> last = whole ? List.of() : textLines(past.last());
                    int found = show(session, pattern, first, 1, output);
                    if (!whole) {
                        output.note(SessionListener.gap(
                                past.leftOutBytes(), session.console().whoHasAll()));
                        found += show(session, pattern, last, -last.size(), output);
                    }
                    if (found == 0) {
                        output.line("Nothing in %d lines of the console matches.", first.size() + last.size());
                    }
                });
    }

    // what another future wrote is no answer
    private static ConsolePast present(Session session, Output output) {
        ConsolePast past = session.console().past();
        Optional<Console.Mark> mark = session.console().mark();
        mark.ifPresent(known -> output.note("(%s: only what came since)".formatted(known.words())));
        return mark.map(known -> past.since(known.position())).orElse(past);
    }

    static Pattern pattern(String typed) {
        boolean slashed = typed.length() > 1 && typed.startsWith("/") && typed.endsWith("/");
        String regex = slashed ? typed.substring(1, typed.length() - 1) : typed;
        if (regex.isEmpty()) {
            throw new SessionException("console search: for what?", new SessionFailure.Usage("console search REGEX"));
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new SessionException(
                    "console search: %s at %d in %s".formatted(e.getDescription(), e.getIndex() + 1, regex),
                    new SessionFailure.Usage("console search REGEX"),
                    e);
        }
    }

    private static int show(Session session, Pattern pattern, List<String> lines, int number, Output output) {
        int found = 0;
        for (int i = 0; i < lines.size(); i++) {
            session.checkInterrupt();
            String line = lines.get(i);
            if (pattern.matcher(line.substring(0, Math.min(LONGEST_LINE, line.length())))
                    .find()) {
                output.line("%6d  %s", number + i, line);
                found++;
            }
        }
        return found;
    }

    private static byte[] joined(byte[] first, byte[] last) {
        byte[] all = Arrays.copyOf(first, first.length + last.length);
        System.arraycopy(last, 0, all, first.length, last.length);
        return all;
    }

    /** Lines without controls and escape sequences. */
    static List<String> textLines(byte[] bytes) {
        String text = new GuestText().accept(bytes).replaceAll("\u001b\\[[0-9;:]*m", "");
        return text.lines().map(line -> line.replace("\b", "")).toList();
    }

    private static Command tail() {
        return Command.named("tail")
                .usage("console tail [LINES]")
                .summary("the last lines of the guest's output, %d if not said".formatted(TAIL_LINES))
                .runs((session, arguments, output) -> {
                    int count = arguments.isEmpty()
                            ? TAIL_LINES
                            : Math.min(MOST_LINES, Words.count(arguments.tail(), "console tail [LINES]"));
                    List<String> lines = marked(session);
                    lines.subList(Math.max(0, lines.size() - count), lines.size())
                            .forEach(output::line);
                });
    }

    /** The last of the output, with a line where the guest went back. */
    private static List<String> marked(Session session) {
        byte[] last = session.console().history();
        long first = session.console().position() - last.length;
        Optional<Console.Mark> mark = session.console().mark().filter(known -> known.position() >= first);
        int at = (int) (mark.map(Console.Mark::position).orElse(first) - first);
        List<String> lines = new ArrayList<>(textLines(Arrays.copyOf(last, Math.min(at, last.length))));
        mark.ifPresent(known -> lines.add("--- " + known.words() + " ---"));
        lines.addAll(textLines(Arrays.copyOfRange(last, Math.min(at, last.length), last.length)));
        return lines;
    }

    static Command sysrq() {
        return Command.named("sysrq")
                .topic(Topic.MACHINE)
                .usage("sysrq KEY")
                .usage("sysrq KEY keyboard")
                .summary("press the kernel's magic system request: %s"
                        .formatted("sysrq t writes all tasks to the console"))
                .help(
                        "A BREAK on the serial console and the key after it; with the word keyboard it is Alt-SysRq on the"
                                + " machine's keyboard. The kernel obeys as far as kernel.sysrq lets it: --append"
                                + " sysrq_always_enabled lets all.\n" + keys())
                .completes((session, typed) -> KEYS.keySet().stream()
                        .filter(key -> key.startsWith(typed.lastWord()))
                        .toList())
                .runs(ConsoleVerbs::press);
    }

    private static void press(Session session, Arguments arguments, Output output) {
        List<String> words = arguments.words();
        boolean keyboard = words.size() == 2 && words.get(1).equals("keyboard");
        if (words.size() != 1 && !keyboard || !words.get(0).matches("[0-9a-z]")) {
            throw new SessionException(
                    "sysrq: which key? One of %s; help sysrq says what they do"
                            .formatted(String.join(" ", KEYS.keySet())),
                    new SessionFailure.Usage("sysrq KEY [keyboard]"));
        }
        String key = words.get(0);
        if (keyboard) {
            var monitors = session.hypervisor().monitors();
            monitors.call("send-key", Map.of("keys", ButtonVerbs.keys(monitors.schema(), "alt-sysrq-" + key)));
        } else {
            session.hypervisor().sendBreak(session.console().chardev());
            session.console().send(key.getBytes(StandardCharsets.US_ASCII));
        }
        if (!session.isRunning()) {
            output.note("(the guest is stopped and hears it when it runs)");
        }
    }

    private static String keys() {
        StringBuilder text = new StringBuilder();
        KEYS.forEach((key, does) ->
                text.append("  ").append(key).append("  ").append(does).append('\n'));
        return text.toString().stripTrailing();
    }

    private static Map<String, String> known() {
        String[] all = {
            "b",
            "reboot at once",
            "c",
            "crash",
            "d",
            "locks that are held",
            "e",
            "SIGTERM to all but init",
            "f",
            "the out-of-memory killer",
            "h",
            "help",
            "i",
            "SIGKILL to all but init",
            "l",
            "backtraces of all CPUs",
            "m",
            "memory",
            "o",
            "power off",
            "p",
            "registers",
            "q",
            "timers",
            "s",
            "sync the disks",
            "t",
            "tasks",
            "u",
            "remount read-only",
            "w",
            "tasks that are blocked",
            "9",
            "log everything to the console"
        };
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 0; i < all.length; i += 2) {
            keys.put(all[i], all[i + 1]);
        }
        return Collections.unmodifiableMap(keys);
    }
}
