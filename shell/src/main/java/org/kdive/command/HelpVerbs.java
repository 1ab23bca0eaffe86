package org.kdive.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code help} and {@code apropos}: the table, read aloud. */
final class HelpVerbs {
    private final Supplier<CommandTable> table;

    private HelpVerbs(Supplier<CommandTable> table) {
        this.table = table;
    }

    /** @param table asked when a command runs, because the table holds these commands too */
    static List<Command> over(Supplier<CommandTable> table) {
        HelpVerbs verbs = new HelpVerbs(table);
        Command help = Command.named("help", "h", "?")
                .usage("help")
                .usage("help COMMAND")
                .usage("help TOPIC")
                .summary("say what there is, or all about one command or topic")
                .help("A topic is one word of its heading: help breakpoints, help data, help scripts.")
                .completes(verbs::candidates)
                .runs((session, arguments, output) -> verbs.help(arguments, output));
        Command apropos = Command.named("apropos")
                .usage("apropos WORD")
                .summary("list the commands whose help mentions a word")
                .runs((session, arguments, output) -> verbs.apropos(arguments, output));
        return List.of(help, apropos);
    }

    private void help(Arguments arguments, Output output) {
        if (arguments.isEmpty()) {
            everything(output);
            return;
        }
        Arguments asked = arguments.shift();
        Optional<Command> command = table.get().find(asked.verb());
        Optional<Topic> topic = topic(arguments.tail());
        if (command.isPresent()) {
            command(command.get(), asked.tail(), output);
        } else if (topic.isPresent()) {
            Manual.chapter(table.get(), topic.get(), output).forEach(output::line);
        } else {
            table.get().require(asked.verb()); // throws, and knows what was meant
        }
    }

    private void everything(Output output) {
        for (Topic topic : Topic.values()) {
            List<String> chapter = Manual.chapter(table.get(), topic, output);
            if (!chapter.isEmpty()) {
                chapter.forEach(output::line);
                output.line("");
            }
        }
        output.line("help COMMAND says all about one; apropos WORD searches; Tab completes.");
    }

    private static void command(Command command, String second, Output output) {
        Optional<Command> word =
                second.isEmpty() ? Optional.empty() : Subcommands.of(command).flatMap(words -> words.find(second));
        String name = command.name() + word.map(found -> " " + found.name()).orElse("");
        Manual.page(name, word.orElse(command), output).forEach(output::line);
    }

    private static Optional<Topic> topic(String words) {
        String wanted = words.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(Topic.values())
                .filter(topic -> topic.title().equalsIgnoreCase(wanted)
                        || (wanted.length() > 2 && titleWords(topic).anyMatch(word -> word.startsWith(wanted))))
                .findFirst();
    }

    private static Stream<String> titleWords(Topic topic) {
        return Arrays.stream(topic.title().toLowerCase(Locale.ROOT).split(" "));
    }

    private List<String> candidates(Session session, Arguments typed) {
        Arguments asked = typed.shift();
        boolean first = typed.lastWord().length() == typed.tail().length();
        if (first) {
            return table.get().completions(typed.tail());
        }
        return table.get()
                .find(asked.verb())
                .flatMap(Subcommands::of)
                .map(words -> words.all().stream()
                        .map(Command::name)
                        .filter(name -> name.startsWith(asked.tail()))
                        .toList())
                .orElse(List.of());
    }

    private void apropos(Arguments arguments, Output output) {
        if (arguments.isEmpty()) {
            throw new SessionException("apropos: which word?", new SessionFailure.Usage("apropos WORD"));
        }
        String word = arguments.tail().toLowerCase(Locale.ROOT);
        List<String> found = new ArrayList<>();
        for (Command command : table.get().all()) {
            mention(found, command.name(), command, word);
            Subcommands.of(command)
                    .ifPresent(words ->
                            words.all().forEach(sub -> mention(found, command.name() + " " + sub.name(), sub, word)));
        }
        if (found.isEmpty()) {
            output.note("apropos: no command mentions \"%s\"".formatted(arguments.tail()));
        }
        found.forEach(output::line);
    }

    private static void mention(List<String> found, String name, Command command, String word) {
        String all = String.join("\n", name, command.usage(), command.summary(), command.help());
        if (all.toLowerCase(Locale.ROOT).contains(word)) {
            found.add(Manual.entry(name, command.summary()));
        }
    }
}
