package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.kdive.session.Session;

/**
 * One verb of the command language, as data. The help text is the manual: {@code docs/commands.md} is rendered from it.
 *
 * @param name the full name, gdb's where gdb has one
 * @param aliases other spellings that always mean this command, however many others share their beginning
 * @param usage one form a line, without the prompt: {@code break LOCATION [if CONDITION]}
 * @param summary one line, no period
 * @param help paragraphs and examples; may be empty
 * @param repeats whether an empty line runs it again
 * @param block what it takes of the lines that follow
 * @param opening looked at before those lines are typed
 */
public record Command(
        String name,
        List<String> aliases,
        Topic topic,
        String usage,
        String summary,
        String help,
        Completer completer,
        boolean repeats,
        Block block,
        Opening opening,
        Action action) {

    /** Lines that belong to a command, up to the line that says just {@code end}. */
    public enum Block {
        NONE,
        /** Commands, some of which may have blocks of their own. */
        COMMANDS,
        /** Text, to the first {@code end}. */
        TEXT
    }

    /**
     * What somebody who types is told before the lines of a block; empty for nothing. On the session's thread; throws what
     * the command would throw, so that the lines need not be typed in vain.
     */
    @FunctionalInterface
    public interface Opening {
        String told(Session session, Arguments arguments);
    }

    /** What the command does, on the session's thread. Throws {@code SessionException} or a leaf's exception; never prints one. */
    @FunctionalInterface
    public interface Action {
        void run(Session session, Arguments arguments, Output output);
    }

    /** Whole words that could stand where the last word of {@code typed} stands. Called on the session's thread; must be quick. */
    @FunctionalInterface
    public interface Completer {
        List<String> candidates(Session session, Arguments typed);
    }

    public Command {
        aliases = List.copyOf(aliases);
    }

    public static Builder named(String name, String... aliases) {
        return new Builder(name, List.of(aliases));
    }

    /** The same with other second words. */
    Command with(Subcommands words) {
        return new Command(name, aliases, topic, usage, summary, help, words, repeats, block, opening, words);
    }

    void run(Session session, Arguments arguments, Output output) {
        action.run(session, takesFormat() ? arguments.withFormatApart() : arguments, output);
    }

    private boolean takesFormat() {
        return usage.startsWith(name + "[/");
    }

    /** Collects what a command is; {@code runs} ends it. */
    public static final class Builder {
        private final String name;
        private final List<String> aliases;
        private Topic topic = Topic.SESSION;
        private final List<String> usage = new ArrayList<>();
        private String summary = "";
        private String help = "";
        private Completer completer = (session, typed) -> List.of();
        private boolean repeats;
        private Block block = Block.NONE;
        private Opening opening = (session, arguments) -> "";

        private Builder(String name, List<String> aliases) {
            this.name = name;
            this.aliases = aliases;
        }

        public Builder topic(Topic value) {
            topic = value;
            return this;
        }

        /** One form; call again for another. */
        public Builder usage(String form) {
            usage.add(form);
            return this;
        }

        public Builder summary(String line) {
            summary = line;
            return this;
        }

        public Builder help(String text) {
            help = text.strip();
            return this;
        }

        public Builder completes(Completer value) {
            completer = value;
            return this;
        }

        public Builder repeats() {
            repeats = true;
            return this;
        }

        public Builder takes(Block value) {
            block = value;
            return this;
        }

        public Builder opens(Opening value) {
            opening = value;
            return this;
        }

        public Command runs(Action action) {
            Objects.requireNonNull(action);
            String forms = usage.isEmpty() ? name : String.join("\n", usage);
            return new Command(name, aliases, topic, forms, summary, help, completer, repeats, block, opening, action);
        }
    }
}
