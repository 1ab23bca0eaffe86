package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import org.kdive.session.Session;

/** {@code show}: the options as they are. */
final class ShowVerbs {
    private ShowVerbs() {}

    static Command show(Options options) {
        List<Command> words = new ArrayList<>(options.shows());
        words.add(Command.named("version")
                .usage("show version")
                .summary("which kdive this is")
                .runs((session, arguments, output) -> output.line("kdive %s", version())));
        Subcommands found = new Subcommands("show", words)
                .otherwise(
                        (session, arguments, output) -> all(session, options, arguments, output),
                        (session, typed) -> List.of());
        return Command.named("show")
                .topic(Topic.SESSION)
                .usage("show [OPTION]")
                .summary("the value of an option; of all, without one")
                .help("set save keeps them for the prompts to come.")
                .completes(found)
                .runs(found);
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
