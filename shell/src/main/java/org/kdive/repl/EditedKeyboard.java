package org.kdive.repl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;
import org.kdive.command.Interpreter;

/** A terminal with line editing, history and completion. */
final class EditedKeyboard implements Keyboard {
    private static final int REMEMBERED_LINES = 10_000;
    private static final int POLL_MILLIS = 50;

    private final Terminal terminal;
    private final LineReader reader;
    private final Screen screen;

    EditedKeyboard(Terminal terminal, Interpreter interpreter, Screen screen, Optional<Path> history) {
        if (terminal.getWidth() <= 0 || terminal.getHeight() <= 0) {
            terminal.setSize(
                    new Size(80, 24)); // a serial line or a bare pty does not say; JLine would draw on no columns
        }
        this.terminal = terminal;
        this.screen = screen;
        screen.width(() -> Math.max(40, terminal.getWidth()));
        this.reader = reader(terminal, interpreter, history);
    }

    /** The terminal of this process. JNI answers in-process; without it JLine runs stty. */
    static Terminal systemTerminal() throws IOException {
        return TerminalBuilder.builder()
                .system(true)
                .providers("jni,exec")
                .dumb(false)
                .encoding(StandardCharsets.UTF_8)
                .nativeSignals(true)
                .build();
    }

    private static LineReader reader(Terminal terminal, Interpreter interpreter, Optional<Path> history) {
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .appName("kdive")
                .terminal(terminal)
                .history(new LineHistory())
                .parser(new RawParser())
                .completer(new Completions(interpreter))
                .variable(LineReader.HISTORY_SIZE, REMEMBERED_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, REMEMBERED_LINES)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "> ")
                .variable(LineReader.BELL_STYLE, "none")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // "!" belongs to expressions
                .option(LineReader.Option.COMPLETE_MATCHER_TYPO, false)
                .option(LineReader.Option.COMPLETE_MATCHER_CAMELCASE, false)
                .option(LineReader.Option.AUTO_MENU, false) // Tab lists and leaves the line alone, as gdb's does
                .option(LineReader.Option.INSERT_TAB, false)
                .option(LineReader.Option.HISTORY_TIMESTAMPED, false);
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        return builder.build();
    }

    /** Ctrl-C while no line is edited. */
    void onInterrupt(Runnable action) {
        terminal.handle(Terminal.Signal.INT, signal -> action.run());
    }

    @Override
    public Typed read(String prompt) {
        screen.editing(reader::printAbove);
        try {
            return new Typed.Text(reader.readLine(prompt));
        } catch (UserInterruptException e) {
            return new Typed.Cleared();
        } catch (EndOfFileException e) {
            return new Typed.End();
        } finally {
            screen.running();
        }
    }

    @Override
    public List<String> history() {
        List<String> lines = new ArrayList<>();
        reader.getHistory().forEach(entry -> lines.add(entry.line()));
        return lines;
    }

    @Override
    public boolean passThrough(ConsoleLine guest, BooleanSupplier over, Screen shown) {
        Attributes before = terminal.enterRawMode();
        Attributes raw = new Attributes(terminal.getAttributes());
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false); // Ctrl-C and Ctrl-Z are the guest's
        raw.setInputFlag(Attributes.InputFlag.IXON, false);
        terminal.setAttributes(raw);
        shown.console(terminal.output());
        try {
            pump(terminal.reader(), guest, over, shown);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            shown.console(null);
            terminal.setAttributes(before);
        }
        return true;
    }

    private static void pump(NonBlockingReader keys, ConsoleLine guest, BooleanSupplier over, Screen shown)
            throws IOException {
        ConsoleKeys meaning = new ConsoleKeys();
        boolean leaves = false;
        while (!leaves && !over.getAsBoolean()) {
            int key = keys.read(POLL_MILLIS);
            if (key == NonBlockingReader.EOF) {
                return;
            }
            while (key >= 0 && !leaves) {
                leaves = perform(meaning.accept(key), meaning, guest, shown);
                key = keys.ready() ? keys.read() : NonBlockingReader.READ_EXPIRED;
            }
            type(meaning, guest);
        }
    }

    private static void type(ConsoleKeys meaning, ConsoleLine guest) {
        byte[] typed = meaning.take();
        if (typed.length > 0) {
            guest.type(typed);
        }
    }

    /** Whether the keyboard is the prompt's again. */
    private static boolean perform(ConsoleKeys.Action action, ConsoleKeys meaning, ConsoleLine guest, Screen shown) {
        if (action != ConsoleKeys.Action.NOTHING) {
            type(meaning, guest); // what was typed before comes before
        }
        switch (action) {
            case NOTHING, LEAVE -> {}
            case HELP -> shown.line("\n" + ConsoleKeys.HELP); // the guest left the cursor anywhere
            case BREAK -> guest.sendBreak();
            case TIMESTAMPS -> guest.toggleTimestamps();
            case SAVE -> guest.saveDisks();
            case QUIT -> guest.quit();
        }
        return action == ConsoleKeys.Action.LEAVE || action == ConsoleKeys.Action.QUIT;
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            System.getLogger("session").log(System.Logger.Level.DEBUG, "terminal", e);
        }
    }
}
