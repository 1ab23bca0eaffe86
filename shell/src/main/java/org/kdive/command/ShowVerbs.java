package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.kdive.session.Session;
import org.kdive.session.expression.Value;

/** {@code show}: the options as they are. */
final class ShowVerbs {
    private static final int SHOWN = 10;

    private ShowVerbs() {}

    static Command show(Options options, PrintSettings printing) {
        List<Command> words = new ArrayList<>(options.shows());
        words.add(Command.named("version")
                .usage("show version")
                .summary("which kdive this is")
                .runs((session, arguments, output) -> output.line("kdive %s", version())));
        words.add(values(printing));
        words.add(convenience(printing));
        Subcommands found = new Subcommands("show", words)
                .otherwise(
                        (session, arguments, output) -> all(session, options, arguments, output),
                        (session, typed) -> List.of());
        return Command.named("show")
                .topic(Topic.SESSION)
                .usage("show [OPTION]")
                .usage("show values [NUMBER]")
                .usage("show convenience")
                .summary("the value of an option; of all, without one")
                .help("set save keeps them for the prompts to come.")
                .completes(found)
                .runs(found);
    }

    private static Command values(PrintSettings printing) {
        return Command.named("values")
                .usage("show values [NUMBER|+]")
                .summary("the last ten values printed; ten around a number")
                .runs((session, arguments, output) -> {
                    int last = (int) session.variables().keySet().stream()
                            .filter(name -> Character.isDigit(name.charAt(0)))
                            .count();
                    int first = arguments.isEmpty()
                            ? last - SHOWN + 1
                            : Words.count(arguments.tail(), "show values NUMBER") - SHOWN / 2;
                    for (int i = Math.max(1, first); i <= last && i < Math.max(1, first) + SHOWN; i++) {
                        Value value = session.variables().get(String.valueOf(i));
                        if (value != null) {
                            output.line("$%d = %s", i, printing.text(session, value, ' '));
                        }
                    }
                });
    }

    private static Command convenience(PrintSettings printing) {
        return Command.named("convenience", "conv")
                .usage("show convenience")
                .summary("the variables of yours, and those that verbs set")
                .runs((session, arguments, output) -> new TreeMap<>(session.variables()).forEach((name, value) -> {
                    if (!Character.isDigit(name.charAt(0))) {
                        output.line("$%s = %s", name, printing.brief(session, value));
                    }
                }));
    }

    private static void all(Session session, Options options, Arguments arguments, Output output) {
        if (!arguments.isEmpty()) {
            options.set(session, arguments.tail(), ""); // throws, and knows what was meant
        }
        options.values(session).forEach((name, value) -> output.line("%s: %s", name, value));
    }

    private static String version() {
        String known = ShowVerbs.class.getPackage().getImplementationVersion();
        return known == null ? "(built in place)" : known;
    }
}
