package org.kdive.command;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs, by name, alias and unambiguous beginning. Immutable; any thread. */
public final class CommandTable {
    private final Map<String, Command> byName = new TreeMap<>();
    private final Map<String, Command> byAlias = new TreeMap<>();

    public CommandTable(Collection<Command> commands) {
        for (Command command : commands) {
            if (byName.put(command.name(), command) != null) {
                throw new IllegalArgumentException("two commands are called " + command.name());
            }
            for (String alias : command.aliases()) {
                if (byAlias.put(alias, command) != null) {
                    throw new IllegalArgumentException("two commands share the alias " + alias);
                }
            }
        }
    }

    /** The same with another command, in the place of one that has its name or of an alias that is spelt so. */
    CommandTable with(Command added) {
        CommandTable table = new CommandTable(List.of());
        table.byName.putAll(byName);
        table.byAlias.putAll(byAlias);
        table.byAlias.remove(added.name());
        table.byName.put(added.name(), added);
        return table;
    }

    /** All commands in the order of their names. */
    public Collection<Command> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** By its full name alone. */
    Optional<Command> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<Command> find(String verb) {
        Command exact = byName.get(verb);
        if (exact == null) {
            exact = byAlias.get(verb);
        }
        if (exact != null) {
            return Optional.of(exact);
        }
        List<String> candidates = completions(verb);
        return candidates.size() == 1 ? Optional.ofNullable(byName.get(candidates.get(0))) : Optional.empty();
    }

    public Command require(String verb) {
        return find(verb).orElseThrow(() -> unknown(verb));
    }

    /** Full names that begin so. */
    public List<String> completions(String beginning) {
        return byName.keySet().stream()
                .filter(name -> name.startsWith(beginning))
                .toList();
    }

    private SessionException unknown(String verb) {
        List<String> candidates = completions(verb);
        String why = candidates.isEmpty()
                ? Nearest.to(verb, byName.keySet())
                        .map(near -> "unknown command \"%s\"; did you mean %s?".formatted(verb, near))
                        .orElse("unknown command \"%s\"; help lists them".formatted(verb))
                : "\"%s\" is ambiguous: %s".formatted(verb, String.join(", ", new TreeSet<>(candidates)));
        return new SessionException(why, new SessionFailure.Usage("help"));
    }
}
