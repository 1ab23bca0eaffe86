package org.kdive.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.command.FrontEnd;
import org.kdive.command.Interpreter;
import org.kdive.command.Language;
import org.kdive.session.Session;

/** Line editing on a terminal made of streams. */
final class EditedKeyboardTest {
    private final Session session = Session.open();
    private final Interpreter interpreter = new Interpreter(Language.verbs(), session, FrontEnd.UNATTENDED);
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private final PrintWriter paper = new PrintWriter(drawn, true, StandardCharsets.UTF_8);
    private final Screen screen = new Screen(paper, paper, paper, false);
    private final PipedOutputStream keys = new PipedOutputStream();
    private Terminal terminal;
    private EditedKeyboard keyboard;

    @TempDir
    private Path directory;

    @BeforeEach
    void openTheTerminal() throws IOException {
        // Not TerminalBuilder: that makes a pty, whose driver would take keys typed before the editor reads.
        terminal = new ExternalTerminal(
                "test", "xterm", new PipedInputStream(keys, 1 << 16), drawn, StandardCharsets.UTF_8);
        terminal.setSize(new Size(80, 24));
        keyboard = new EditedKeyboard(terminal, interpreter, screen, Optional.of(directory.resolve("history")));
    }

    @AfterEach
    void closeEverything() {
        keyboard.close();
        screen.close();
        session.close();
    }

    @Test
    void readsALineAndEditsIt() throws IOException {
        type("prinx\u007ft 1\r");
        assertThat(read()).isEqualTo("print 1");
    }

    @Test
    void tabCompletesVerbsAndWhatTheyKnow() throws IOException {
        type("pri\tlinux\t\r");
        assertThat(read().strip()).isEqualTo("print linux_banner");
        type("info br\t\r");
        assertThat(read().strip()).isEqualTo("info breakpoints");
    }

    @Test
    void tabChangesNothingWhereSeveralFit() throws IOException {
        type("p $r\t\r");
        assertThat(read()).isEqualTo("p $r");
    }

    @Test
    void leavesQuotesBackslashesAndBangsAlone() throws IOException {
        type("print 'a \\n \"x !! !p\r");
        assertThat(read()).isEqualTo("print 'a \\n \"x !! !p");
    }

    @Test
    void controlDEndsAnEmptyLine() throws IOException {
        type("\u0004");
        assertThat(keyboard.read("(kdive) ")).isInstanceOf(Typed.End.class);
    }

    @Test
    void takesAVeryLongLine() throws IOException {
        String line = "print " + "x".repeat(20_000);
        type("\u001b[200~" + line + "\u001b[201~\r");
        assertThat(read()).isEqualTo(line);
    }

    @Test
    void pastedLinesComeTogetherAndAreRememberedOneByOne() throws IOException {
        type("\u001b[200~print 1\nprint 2\u001b[201~\r");
        assertThat(read().lines()).containsExactly("print 1", "print 2");
        assertThat(keyboard.history()).containsExactly("print 1", "print 2");
        assertThat(Files.readString(directory.resolve("history"))).contains("print 1", "print 2");
    }

    @Test
    void keepsItsHistoryInTheStateDirectory() {
        Optional<Path> file = HistoryFile.prepare(Map.of("XDG_STATE_HOME", directory.toString()), "/nowhere");
        assertThat(file).hasValue(directory.resolve("kdive/history"));
        assertThat(HistoryFile.prepare(Map.of("XDG_STATE_HOME", "relative"), directory.toString()))
                .hasValue(directory.resolve(".local/state/kdive/history"));
        assertThat(HistoryFile.prepare(Map.of("XDG_STATE_HOME", "/proc/nowhere"), "/nowhere"))
                .isEmpty();
    }

    private void type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private String read() {
        Typed typed = keyboard.read("(kdive) ");
        assertThat(typed).isInstanceOf(Typed.Text.class);
        return ((Typed.Text) typed).text();
    }
}
