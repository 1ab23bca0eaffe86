package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.command.Command.Block;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** Commands that the user makes of others: {@code define}, {@code document}, {@code alias}. Session thread. */
final class DefinitionVerbs {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][\\w-]*");
    // gdb keeps the quotes of an argument
    private static final Pattern WORD = Pattern.compile("(?:\"(?:\\\\.|[^\"])*\"|'(?:\\\\.|[^'])*'|\\S)+");
    private static final Pattern ARGUMENT = Pattern.compile("\\$arg(c\\b|\\d+)");
    private static final Pattern ALIAS = Pattern.compile("(?:(?:-a|--)\\s+)*(\\S+)\\s*=\\s*(.+)");
    private static final int DEEPEST = 256; // calls of one another; gdb's limit is 1024

    /**
     * @param body its commands
     * @param help of {@code document}, or empty
     */
    private record Definition(List<String> body, String help) {}

    private final Interpreter interpreter;
    private final Map<String, Definition> defined = new TreeMap<>();
    private int depth; // of definitions that run

    DefinitionVerbs(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    List<Command> commands() {
        return List.of(define(), document(), alias(), user());
    }

    private Command define() {
        return Command.named("define")
                .topic(Topic.SCRIPTS)
                .usage("define NAME ... end")
                .summary("make a command of the commands that follow")
                .help("""
                        In them $arg0, $arg1 ... stand for the words after NAME, and $argc for their number.
                          define comm
                            print ((struct task_struct *)$arg0)->comm
                          end""")
                .takes(Block.COMMANDS)
                .opens((session, arguments) -> """
                        Type commands for definition of "%s".
                        End with a line saying just "end".""".formatted(name(arguments)))
                .runs((session, arguments, output) -> {
                    String name = name(arguments);
                    Definition before = defined.get(name);
                    put(name, new Definition(arguments.body(), before == null ? "" : before.help()));
                });
    }

    private Command document() {
        return Command.named("document")
                .topic(Topic.SCRIPTS)
                .usage("document NAME ... end")
                .summary("say what help shows of a command of yours; its first line is the summary")
                .takes(Block.TEXT)
                .opens((session, arguments) -> {
                    var unused = require(arguments);
                    return """
                            Type documentation for "%s".
                            End with a line saying just "end".""".formatted(arguments.tail());
                })
                .runs((session, arguments, output) -> {
                    Definition before = require(arguments);
                    put(name(arguments), new Definition(before.body(), String.join("\n", arguments.body())));
                });
    }

    private Definition require(Arguments arguments) {
        Definition known = defined.get(name(arguments));
        if (known == null) {
            throw new SessionException(
                    "document %s: define it first".formatted(arguments.tail()),
                    new SessionFailure.Usage("define NAME"));
        }
        return known;
    }

    private static String name(Arguments arguments) {
        if (!NAME.matcher(arguments.tail()).matches()) {
            throw new SessionException(
                    "%s: a name of letters, digits, - and _, not \"%s\"".formatted(arguments.verb(), arguments.tail()),
                    new SessionFailure.Usage(arguments.verb() + " NAME"));
        }
        return arguments.tail();
    }

    private void put(String name, Definition definition) {
        defined.put(name, definition);
        String help = definition.help();
        interpreter.define(Command.named(name)
                .topic(Topic.USER)
                .usage(name)
                .summary(help.lines().findFirst().map(String::strip).orElse("user-defined"))
                .help(help.lines().skip(1).reduce("", (all, line) -> all + line + "\n"))
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> run(name, words(arguments.tail()), output)));
    }

    private static List<String> words(String tail) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(tail);
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }

    private void run(String name, List<String> words, Output output) {
        Definition definition = defined.get(name);
        if (definition == null) {
            throw new SessionException(name + " is not defined", new SessionFailure.Usage("define NAME"));
        }
        if (depth >= DEEPEST) {
            throw new SessionException(
                    "%s: commands call each other %d deep".formatted(name, DEEPEST),
                    new SessionFailure.Usage("define NAME"));
        }
        depth++;
        try {
            interpreter.perform(
                    definition.body().stream()
                            .map(line -> substitute(name, line, words))
                            .toList(),
                    output);
        } finally {
            depth--;
        }
    }

    private static String substitute(String name, String line, List<String> words) {
        return ARGUMENT.matcher(line).replaceAll(found -> {
            String which = found.group(1);
            if (which.equals("c")) {
                return Integer.toString(words.size());
            }
            int index = which.length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(which);
            if (index >= words.size()) {
                throw new SessionException(
                        "%s: $arg%s is not given".formatted(name, which), new SessionFailure.Usage(name + " WORD..."));
            }
            return Matcher.quoteReplacement(words.get(index));
        });
    }

    private Command alias() {
        return Command.named("alias")
                .topic(Topic.SCRIPTS)
                .usage("alias NAME = COMMAND [WORD...]")
                .summary("give a command another name, with its first words if wanted")
                .help("Example: alias pc = x/4i $pc")
                .runs((session, arguments, output) -> {
                    Matcher parts = ALIAS.matcher(arguments.tail());
                    if (!parts.matches() || !NAME.matcher(parts.group(1)).matches()) {
                        throw new SessionException(
                                "alias: NAME = COMMAND", new SessionFailure.Usage("alias NAME = COMMAND"));
                    }
                    String stands = parts.group(2).strip();
                    Command meant =
                            interpreter.table().require(Arguments.parse(stands).verb());
                    interpreter.define(Command.named(parts.group(1))
                            .topic(Topic.USER)
                            .usage(parts.group(1))
                            .summary("alias of " + stands)
                            .completes(meant.completer())
                            .runs((inside, words, to) -> interpreter.perform(expanded(stands, words), to)));
                });
    }

    // what is typed behind the alias's slash belongs to the command it stands for
    private static String expanded(String stands, Arguments typed) {
        String format = typed.format().isEmpty() ? "" : "/" + typed.format();
        return "%s%s %s".formatted(stands, format, typed.tail()).strip();
    }

    private Command user() {
        return Command.named("user")
                .topic(Topic.USER)
                .usage("user [NAME]")
                .summary("show how commands of yours are defined")
                .completes((session, typed) -> List.copyOf(defined.keySet()))
                .runs((session, arguments, output) -> show(arguments.tail(), output));
    }

    /** {@code show} with gdb's word for the same. */
    Command addTo(Command show) {
        Command word = Command.named("user")
                .usage("show user [NAME]")
                .summary("how commands of yours are defined")
                .completes((session, typed) -> List.copyOf(defined.keySet()))
                .runs((session, arguments, output) -> show(arguments.tail(), output));
        return Subcommands.of(show).map(words -> show.with(words.with(word))).orElse(show);
    }

    private void show(String name, Output output) {
        if (!name.isEmpty() && !defined.containsKey(name)) {
            Command other = interpreter.table().require(name);
            throw new SessionException(
                    "%s is not a user-defined command".formatted(other.name()),
                    new SessionFailure.Usage("show user [NAME]"));
        }
        defined.forEach((one, definition) -> {
            if (name.isEmpty() || name.equals(one)) {
                output.line("User command \"%s\":", one);
                indented(definition.body()).forEach(line -> output.line("%s", line));
                output.line("");
            }
        });
    }

    // as gdb: two blanks, and two more in each block
    private List<String> indented(List<String> body) {
        List<String> lines = new ArrayList<>();
        BlockReader reader = interpreter.reader();
        for (String line : body) {
            String text = line.strip();
            int before = reader.depth();
            var unused = reader.add(line);
            boolean closes = reader.depth() < before || text.equals("else");
            lines.add("  ".repeat(Math.max(1, before + (closes ? 0 : 1))) + text);
        }
        return lines;
    }
}
