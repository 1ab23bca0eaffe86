package org.kdive.command;

import java.util.List;
import java.util.Map;
import org.kdive.session.Checkpoint;
import org.kdive.session.Difference;

/** {@code diff}: what became different since a checkpoint. */
final class DifferenceView {
    private static final int MOST_SYMBOLS = 12;
    private static final int MOST_NAMES = 40;

    private DifferenceView() {}

    static Command diff(Command.Completer names) {
        return Command.named("diff")
                .topic(Topic.MACHINE)
                .usage("diff [NAME]")
                .summary("what became different since a checkpoint: registers, pages of memory, tasks, modules")
                .help("""
                        Pages are told by their owner, those of the kernel's image also by the symbol that they begin in. \
                        Without a name the last checkpoint is meant.""")
                .completes(names)
                .runs((session, arguments, output) -> {
                    Checkpoint with = session.checkpoints().require(arguments.tail());
                    show(with, session.checkpoints().compare(with), output);
                });
    }

    private static void show(Checkpoint with, Difference difference, Output output) {
        output.line("Since checkpoint %d %s:", with.number(), with.name());
        output.line("registers: %s", difference.registers().isEmpty() ? "the same" : "");
        difference.registers().forEach(one -> output.line("  %-16s %s -> %s", one.name(), one.before(), one.now()));
        if (difference.pages().isPresent()) {
            int pages = difference.pages().getAsInt();
            output.line(
                    "memory: %d pages of %d bytes (%.1f MiB)", pages, difference.pageBytes(), mib(pages, difference));
            difference.owners().forEach((owner, count) -> output.line("  %6d  %s", count, owner));
            symbols(difference.symbols(), output);
        } else {
            output.line("memory: not known, this machine's RAM cannot be read directly");
        }
        coming("tasks", difference.tasks(), output);
        coming("modules", difference.modules(), output);
    }

    private static double mib(int pages, Difference difference) {
        return pages * (double) difference.pageBytes() / (1 << 20);
    }

    private static void symbols(Map<String, Integer> symbols, Output output) {
        if (symbols.isEmpty()) {
            return;
        }
        output.line("kernel pages by the symbol they begin in:");
        symbols.entrySet().stream()
                .limit(MOST_SYMBOLS)
                .forEach(one -> output.line("  %6d  %s", one.getValue(), one.getKey()));
        if (symbols.size() > MOST_SYMBOLS) {
            output.line("          and %d more", symbols.size() - MOST_SYMBOLS);
        }
    }

    private static void coming(String what, Difference.Coming coming, Output output) {
        names(what + " that came: ", coming.came(), output);
        names(what + " that went: ", coming.went(), output);
    }

    private static void names(String title, List<String> names, Output output) {
        if (!names.isEmpty()) {
            String more = names.size() > MOST_NAMES ? " and %d more".formatted(names.size() - MOST_NAMES) : "";
            output.line(
                    "%s%s%s",
                    title, String.join(", ", names.stream().limit(MOST_NAMES).toList()), more);
        }
    }
}
