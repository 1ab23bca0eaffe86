package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of commands as text: for the terminal, and as {@code docs/commands.md}. */
public final class Manual {
    private static final int COLUMN = 16;

    private Manual() {}

    /** One chapter: a line for each verb. */
    static List<String> chapter(CommandTable table, Topic topic, Output output) {
        List<String> lines = new ArrayList<>();
        for (Command command : table.all()) {
            if (command.topic() == topic) {
                lines.add("  " + entry(command.name(), command.summary()));
            }
        }
        if (!lines.isEmpty()) {
            lines.add(0, output.styled(Output.Style.HEADING, topic.title()));
        }
        return lines;
    }

    /** A name and what it does, in two columns. */
    static String entry(String name, String summary) {
        return "%s%s %s".formatted(name, " ".repeat(Math.max(0, COLUMN - name.length())), summary);
    }

    /** All there is to say about one command. {@code name} includes the verb a second word belongs to. */
    static List<String> page(String name, Command command, Output output) {
        List<String> lines = new ArrayList<>();
        command.usage()
                .lines()
                .map(form -> output.styled(Output.Style.HEADING, form))
                .forEach(lines::add);
        lines.add("  " + command.summary());
        if (!command.aliases().isEmpty()) {
            lines.add("  also: " + String.join(" ", command.aliases()));
        }
        if (!command.help().isEmpty()) {
            lines.add("");
            command.help().lines().forEach(lines::add);
        }
        Subcommands.of(command).ifPresent(words -> {
            lines.add("");
            words.all().forEach(word -> lines.add("  " + entry(name + " " + word.name(), word.summary())));
        });
        return lines;
    }

    /** The whole manual as Markdown, topic by topic. */
    public static String markdown(CommandTable table) {
        StringBuilder page = new StringBuilder();
        page.append("# Commands\n\n");
        page.append("What `help` says at the prompt, rendered from the commands themselves.\n");
        page.append(
                "A command may be shortened as long as it stays unambiguous; a script is the same language, line for line;\n");
        page.append("a line that begins with `#` is a comment.\n");
        for (Topic topic : Topic.values()) {
            List<Command> chapter =
                    table.all().stream().filter(c -> c.topic() == topic).toList();
            if (!chapter.isEmpty()) {
                page.append("\n## ").append(topic.title()).append('\n');
                chapter.forEach(command -> section(page, "###", command.name(), command));
            }
        }
        return page.toString();
    }

    private static void section(StringBuilder page, String level, String name, Command command) {
        page.append("\n%s %s\n\n```\n%s\n```\n\n".formatted(level, name, command.usage()));
        page.append(sentence(command.summary())).append('\n');
        if (!command.aliases().isEmpty()) {
            page.append("\nAlso: `")
                    .append(String.join("`, `", command.aliases()))
                    .append("`\n");
        }
        if (!command.help().isEmpty()) {
            page.append("\n```text\n").append(command.help()).append("\n```\n");
        }
        Subcommands.of(command)
                .ifPresent(words -> words.all().forEach(word -> section(page, "####", name + " " + word.name(), word)));
    }

    private static String sentence(String summary) {
        return summary.isEmpty() ? "" : summary.substring(0, 1).toUpperCase(Locale.ROOT) + summary.substring(1) + ".";
    }
}
