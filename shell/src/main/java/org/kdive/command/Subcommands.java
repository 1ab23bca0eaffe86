package org.kdive.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/**
 * The second words of a verb such as {@code info}: each a command of its own, found by unambiguous beginning like the verbs.
 * It is the verb's action and its completer at once:
 * <pre>
 *     Subcommands words = new Subcommands("info", List.of(registers, breakpoints));
 *     Command.named("info", "i").completes(words).runs(words);
 * </pre>
 */
public final class Subcommands implements Command.Action, Command.Completer {
    private final String verb;
    private final CommandTable words;
    private final Command.@Nullable Action otherwise; // null where only the words are allowed
    private final Command.Completer otherwiseCompletes;

    public Subcommands(String verb, Collection<Command> words) {
        this(verb, new CommandTable(words), null, (session, typed) -> List.of());
    }

    private Subcommands(
            String verb, CommandTable words, Command.@Nullable Action otherwise, Command.Completer otherwiseCompletes) {
        this.verb = verb;
        this.words = words;
        this.otherwise = otherwise;
        this.otherwiseCompletes = otherwiseCompletes;
    }

    /** The same, with an action for a tail that begins with none of the words: {@code set $rax = 1}. */
    public Subcommands otherwise(Command.Action action, Command.Completer completer) {
        return new Subcommands(verb, words, action, completer);
    }

    /** The same with another word. */
    Subcommands with(Command word) {
        return new Subcommands(verb, words.with(word), otherwise, otherwiseCompletes);
    }

    /** The second words in the order of their names. */
    public Collection<Command> all() {
        return words.all();
    }

    /** The command whose second words these are, if it has any. */
    public static Optional<Subcommands> of(Command command) {
        return command.action() instanceof Subcommands subcommands ? Optional.of(subcommands) : Optional.empty();
    }

    public Optional<Command> find(String word) {
        return words.find(word.toLowerCase(Locale.ROOT));
    }

    @Override
    public void run(Session session, Arguments arguments, Output output) {
        Arguments shifted = arguments.shift();
        Optional<Command> found = wordIn(shifted);
        if (found.isPresent()) {
            found.get().run(session, shifted, output);
        } else if (otherwise != null) {
            otherwise.run(session, arguments, output);
        } else {
            throw unknown(shifted.verb());
        }
    }

    private Optional<Command> wordIn(Arguments shifted) {
        return shifted.verb().isEmpty() ? Optional.empty() : find(shifted.verb());
    }

    private SessionException unknown(String word) {
        String known = String.join(", ", words.completions(""));
        String reason;
        if (word.isEmpty()) {
            reason = "%s what? One of: %s".formatted(verb, known);
        } else if (words.completions(word).size() > 1) {
            reason = "%s %s is ambiguous: %s".formatted(verb, word, String.join(", ", words.completions(word)));
        } else {
            reason = Nearest.to(word, words.completions(""))
                    .map(near -> "%s: no \"%s\"; did you mean %s?".formatted(verb, word, near))
                    .orElse("%s: no \"%s\"; one of: %s".formatted(verb, word, known));
        }
        return new SessionException(reason, new SessionFailure.Usage("help " + verb));
    }

    @Override
    public List<String> candidates(Session session, Arguments typed) {
        Arguments shifted = typed.shift();
        boolean first = typed.lastWord().length() == typed.tail().length();
        if (!first && wordIn(shifted).isPresent()) {
            return wordIn(shifted).get().completer().candidates(session, shifted);
        }
        List<String> candidates = new ArrayList<>(otherwiseCompletes.candidates(session, typed));
        if (first) {
            candidates.addAll(words.completions(typed.tail()));
        }
        return candidates;
    }
}
