package org.kdive.repl;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jline.terminal.Terminal;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import org.kdive.command.Arguments;
import org.kdive.command.BlockReader;
import org.kdive.command.Command;
import org.kdive.command.Complaint;
import org.kdive.command.FrontEnd;
import org.kdive.command.Interpreter;
import org.kdive.command.Output;
import org.kdive.command.Traces;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionListener;
import org.kdive.session.Stop;

/**
 * The prompt: reads lines until {@code quit} or the end of the input and runs each. An error is one line and the prompt goes
 * on. Owned by the thread that calls {@link #run}; only the keys of Ctrl-C go past it, to {@link Session#interrupt}.
 */
public final class Prompt {
    private static final String NAME = "kdive";

    /**
     * What the prompt talks through.
     *
     * @param keysAreTyped whether the input is a terminal
     * @param screenIsSeen whether the answer goes to a terminal
     * @param trace whether an error shows where it came from
     */
    public record Streams(
            InputStream input,
            PrintWriter answer,
            PrintWriter talk,
            boolean keysAreTyped,
            boolean screenIsSeen,
            boolean colour,
            boolean trace) {}

    private final Session session;
    private final Streams streams;
    private final Screen screen;
    private final Interpreter interpreter;
    private final BiConsumer<Stop, Output> stopView;
    private @Nullable Keyboard keyboard; // null until the first line is wanted
    private final BlockReader block;
    private String repeated = ""; // what an empty line runs again
    private boolean consoleWanted;
    private volatile boolean guestStopped; // while the console has the keyboard
    private int failureStatus; // of the first line that failed; 0 while none has
    private volatile boolean ended;

    /** @param stopView shows a stop that no command waited for */
    public Prompt(Collection<Command> verbs, Session session, Streams streams, BiConsumer<Stop, Output> stopView) {
        this.session = session;
        this.streams = streams;
        this.stopView = stopView;
        PrintWriter guest = streams.screenIsSeen() ? streams.answer() : streams.talk();
        this.screen = new Screen(streams.answer(), streams.talk(), guest, streams.colour());
        this.interpreter = new Interpreter(verbs, session, new Desk());
        this.block = interpreter.reader();
    }

    /** What runs this prompt's lines. */
    public Interpreter interpreter() {
        return interpreter;
    }

    /**
     * Does {@code first}, a line such as a boot, while the keyboard gets ready; then reads lines. If the first fails, nothing
     * is read. Returns the exit status: what quit said, else 0, or what the first failure means when
     * lines were piped in.
     */
    public int run(Command.Action first) {
        try (screen) {
            screen.whoHasAll(() -> session.console().whoHasAll());
            AutoCloseable listening = session.listen(new Listener());
            CompletableFuture<Keyboard> ready = CompletableFuture.supplyAsync(this::openKeyboard);
            try {
                Optional<Complaint> refused = attempt(() -> session.call(() -> {
                    first.run(session, Arguments.parse(""), screen);
                    return true;
                }));
                return refused.isPresent() ? refused.get().exitStatus() : read(ready.join());
            } finally {
                listening.close();
                var unusedDone = ready.thenAccept(Keyboard::close);
            }
        } catch (Exception e) {
            throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
        }
    }

    /** Ends what the present line does, and reads no further one. Any thread. */
    public void end() {
        ended = true;
        session.interrupt();
    }

    private int read(Keyboard source) {
        keyboard = source;
        while (interpreter.quitStatus().isEmpty() && !ended) {
            Typed typed = source.read(block.depth() == 0 ? prompt() : " ".repeat(block.depth() - 1) + ">");
            if (typed instanceof Typed.Text text) {
                text.text().lines().forEach(this::take);
                if (text.text().isEmpty()) {
                    take("");
                }
            } else if (typed instanceof Typed.End && (block.depth() == 0 || !streams.keysAreTyped())) {
                attempt(this::requireWhole).ifPresent(this::remember);
                break;
            } else {
                block.forget(); // Ctrl-C and Ctrl-D drop the lines of a block
            }
        }
        return interpreter.quitStatus().orElse(streams.keysAreTyped() ? 0 : failureStatus);
    }

    private String prompt() {
        String mode = session.recorder().mode();
        return mode.isEmpty() ? "(%s) ".formatted(NAME) : "(%s %s) ".formatted(NAME, mode);
    }

    /** One line; an empty one at the prompt runs the last again. */
    private void take(String line) {
        if (interpreter.quitStatus().isPresent() || ended) {
            return;
        }
        boolean again = line.isBlank() && streams.keysAreTyped() && block.depth() == 0;
        boolean opens = block.depth() == 0;
        Optional<String> command = block.add(again ? repeated : line);
        if (opens && command.isEmpty() && streams.keysAreTyped()) {
            attempt(() -> told(interpreter.opening(line))).ifPresent(complaint -> block.forget());
        }
        command.ifPresent(whole -> {
            execute(whole);
            repeated = interpreter.repeats(whole) ? whole : "";
        });
    }

    private void told(String text) {
        text.lines().forEach(screen::line);
        screen.drain();
    }

    private void requireWhole() {
        block.unfinished().ifPresent(opening -> {
            throw new SessionException(
                    "%s: the input ends before its end".formatted(opening.strip()), new SessionFailure.Usage("end"));
        });
    }

    private void execute(String line) {
        attempt(() -> interpreter.execute(line, screen)).ifPresent(this::remember);
        if (consoleWanted) {
            consoleWanted = false;
            attempt(this::showConsole).ifPresent(this::remember);
        }
        screen.drain();
    }

    private void remember(Complaint complaint) {
        failureStatus = failureStatus == 0 ? complaint.exitStatus() : failureStatus;
    }

    private Optional<Complaint> attempt(Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            Complaint complaint = Complaint.of(e);
            screen.note(screen.styled(Output.Style.BAD, complaint.text()));
            if (streams.trace()) {
                screen.note(Traces.of(e));
            }
            return Optional.of(complaint);
        }
    }

    private Keyboard openKeyboard() {
        Runnable interrupt = session::interrupt;
        boolean editable = streams.keysAreTyped() && streams.screenIsSeen() && !isDumb(System.getenv("TERM"));
        if (editable) {
            try {
                Terminal terminal = EditedKeyboard.systemTerminal();
                EditedKeyboard edited = new EditedKeyboard(
                        terminal,
                        interpreter,
                        screen,
                        HistoryFile.prepare(System.getenv(), System.getProperty("user.home")));
                edited.onInterrupt(interrupt);
                return edited;
            } catch (IOException | IllegalStateException e) {
                screen.note("no line editing: " + e.getMessage());
            }
        }
        if (streams.keysAreTyped()) {
            Signals.register("INT", interrupt);
        }
        return new PlainKeyboard(streams.input(), screen, streams.keysAreTyped());
    }

    private static boolean isDumb(@Nullable String terminalType) {
        return terminalType == null || terminalType.isEmpty() || terminalType.equals("dumb");
    }

    private void showConsole() {
        Keyboard keys = keyboard;
        guestStopped = false;
        screen.note("console: C-a c leaves it, C-a h helps");
        screen.drain();
        boolean passed = keys != null && session.isRunning() && passThrough(keys);
        if (!passed && !session.isRunning()) {
            screen.note("console: the guest is stopped and would not hear you; continue & lets it run");
        }
    }

    private boolean passThrough(Keyboard keys) {
        SessionConsole console = new SessionConsole(session, interpreter, screen);
        console.hold(true);
        try {
            return keys.passThrough(console, () -> guestStopped || !session.isRunning(), screen);
        } finally {
            console.hold(false);
        }
    }

    /** What commands may ask of this front end. */
    private final class Desk implements FrontEnd {
        @Override
        public boolean hasConsole() {
            return keyboard instanceof EditedKeyboard;
        }

        @Override
        public void attachConsole() {
            if (!(keyboard instanceof EditedKeyboard)) {
                throw new SessionException(
                        "console: this input gives lines, not keys; use send and expect console",
                        new SessionFailure.Unsupported("console"));
            }
            consoleWanted = true;
        }

        @Override
        public List<String> history() {
            Keyboard keys = keyboard;
            return keys == null ? List.of() : keys.history();
        }
    }

    /** What happens without a command. */
    private final class Listener implements SessionListener {
        @Override
        public void stopped(Stop stop) {
            guestStopped = true;
            stopView.accept(stop, screen);
            var unused = attempt(() -> interpreter.stoppedInBackground(screen));
        }

        @Override
        public void printed(String text) {
            screen.text(text);
        }

        @Override
        public void notice(String line) {
            screen.note(line);
        }

        @Override
        public void console(byte[] output) {
            screen.guest(output);
        }

        @Override
        public void consoleGap(long bytes, String whoHasThem) {
            screen.guestGap(bytes, whoHasThem);
        }

        @Override
        public void ended(String how) {
            guestStopped = true;
            screen.note(how);
        }
    }
}
