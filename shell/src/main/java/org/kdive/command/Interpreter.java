package org.kdive.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/**
 * Runs lines of the command language. {@link #execute} and {@link #complete} are called on the front end's thread and do
 * their work on the session's; the verbs about the language itself (help, source, quit ...) are added here.
 */
public final class Interpreter {
    private final Session session;
    private volatile CommandTable table; // another one when the user defines a command
    private final FollowUp followUp = new FollowUp();
    private OptionalInt quitStatus =
            OptionalInt.empty(); // written on the session's thread, read after its call returned

    public Interpreter(Collection<Command> verbs, Session session, FrontEnd frontEnd) {
        this.session = session;
        List<Command> all = new ArrayList<>(verbs);
        all.addAll(HelpVerbs.over(this::table));
        all.addAll(new LanguageVerbs(this, frontEnd).commands());
        all.addAll(new ControlVerbs(this).commands());
        DefinitionVerbs definitions = new DefinitionVerbs(this);
        all.addAll(definitions.commands());
        all.add(new ThreadVerbs(this).command());
        all.add(FrameVerbs.frame(new FrameApply(this)));
        all.add(new BundleVerb(this).command());
        this.table = new CommandTable(all);
        table.named("show").ifPresent(show -> define(definitions.addTo(show)));
    }

    /** What somebody is told who types a line that opens a block. Throws what the command would throw. */
    public String opening(String line) {
        Arguments arguments = Arguments.parse(line);
        return session.call(() -> table.require(arguments.verb()).opening().told(session, arguments));
    }

    /** Puts the lines of one source together to commands. */
    public BlockReader reader() {
        return new BlockReader(this::blockOf);
    }

    private Command.Block blockOf(String line) {
        return isBlank(line)
                ? Command.Block.NONE
                : table.find(Arguments.parse(line).verb()).map(Command::block).orElse(Command.Block.NONE);
    }

    public CommandTable table() {
        return table;
    }

    /** Runs one command, a block's lines with it, and waits for its end. Throws what the command threw; a comment or an empty line does nothing. */
    public void execute(String line, Output output) {
        if (!isBlank(line)) {
            session.call(() -> {
                performWhole(line, output);
                return true;
            });
        }
    }

    /** The same for a file's command, already on the session's thread: a stop's own commands are run after it. */
    void performWhole(String line, Output output) {
        if (session.state() instanceof Stop) {
            session.hypervisor().lookAround();
        }
        perform(line, output);
        followUp.follow(session, reader(), each -> perform(each, output));
    }

    /** A stop that no command waited for: what its breakpoints want done is done, the guest going on in the background. */
    public void stoppedInBackground(Output output) {
        followUp.follow(session, reader(), line -> perform(inBackground(line), output));
    }

    private String inBackground(String line) {
        Arguments arguments = Arguments.parse(line);
        boolean waits = arguments.isEmpty()
                && table.find(arguments.verb())
                        .filter(command -> command.name().equals("continue"))
                        .isPresent();
        return waits ? "continue &" : line;
    }

    /** The same for a command that runs lines itself: the commands of a stop wait for its end. */
    void perform(String line, Output output) {
        if (!isBlank(line)) {
            Arguments arguments = Arguments.parse(line);
            Command command = table.require(arguments.verb());
            runIfDefined("hook-" + command.name(), output);
            command.run(session, arguments, output);
            runIfDefined("hookpost-" + command.name(), output);
        }
    }

    /** Runs what the user defined as {@code hook-EVENT}, if anything; on the session's thread. */
    public void hook(String event, Output output) {
        runIfDefined("hook-" + event, output);
    }

    private void runIfDefined(String name, Output output) {
        table.named(name).ifPresent(command -> command.run(session, Arguments.parse(name), output));
    }

    /** Runs the lines of a block, on the session's thread; to the first that fails, or that quits. */
    void perform(List<String> lines, Output output) {
        BlockReader reader = reader();
        for (String line : lines) {
            reader.add(line).ifPresent(command -> perform(command, output));
            if (quitStatus.isPresent()) {
                return;
            }
        }
    }

    /** Adds a command, or puts it in the place of one that is called so. */
    void define(Command command) {
        table = table.with(command);
    }

    /** Whether there is nothing to run in this line: white space, or a comment. */
    public static boolean isBlank(String line) {
        String text = line.strip();
        return text.isEmpty() || text.startsWith("#");
    }

    /** Whether an empty line after this one runs it again. */
    public boolean repeats(String line) {
        return !isBlank(line)
                && table.find(Arguments.parse(line).verb())
                        .map(Command::repeats)
                        .orElse(false);
    }

    /** What could stand at the cursor: verbs, then whatever the verb's completer knows. */
    public Completion complete(String line, int cursor) {
        String typed = line.substring(0, cursor).stripLeading();
        int from = cursor - lastWord(typed).length();
        if (from == cursor - typed.length()) {
            return new Completion(from, table.completions(typed));
        }
        Arguments arguments = Arguments.typed(typed);
        return table.find(arguments.verb())
                .map(command -> new Completion(
                        from, session.call(() -> command.completer().candidates(session, arguments))))
                .orElse(new Completion(from, List.of()));
    }

    private static String lastWord(String typed) {
        int start = typed.length();
        while (start > 0 && !Character.isWhitespace(typed.charAt(start - 1))) {
            start--;
        }
        return typed.substring(start);
    }

    /** The exit status that {@code quit} asked for; empty until somebody quits. */
    public OptionalInt quitStatus() {
        return quitStatus;
    }

    void quit(int status) {
        quitStatus = OptionalInt.of(status);
    }
}
