package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

final class InterpreterTest {
    private final Session session = Session.open();
    private final RecordingOutput output = new RecordingOutput();
    private final Interpreter interpreter = new Interpreter(Language.verbs(), session, new FrontEnd() {
        @Override
        public List<String> history() {
            return List.of("first", "second", "third");
        }
    });

    @TempDir
    private Path directory;

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    @Test
    void runsVerbsByNameAliasAndBeginning() {
        assertThat(run("print/x $rax + 1")).isEqualTo("print x [$rax + 1]\n");
        assertThat(run("  p $rax")).isEqualTo("p  [$rax]\n");
        assertThat(run("pr/d 1")).isEqualTo("pr d [1]\n");
        assertThat(run("print /x $rax / 2")).isEqualTo("print x [$rax / 2]\n"); // gdb takes it
    }

    @Test
    void runsVerbsOnTheSessionsThread() {
        assertThat(run("where")).isEqualTo("session\n");
    }

    @Test
    void leavesTheAmpersandAndAngleBracketsToTheCommand() {
        assertThat(run("p rax > 3")).isEqualTo("p  [rax > 3]\n");
        assertThat(run("p 1 &")).isEqualTo("p  [1 &]\n");
    }

    @Test
    void skipsCommentsAndEmptyLines() {
        assertThat(run("")).isEmpty();
        assertThat(run("   ")).isEmpty();
        assertThat(run("  # print 1")).isEmpty();
    }

    @Test
    void knowsWhatWasMeantByAnUnknownVerb() {
        assertThatThrownBy(() -> run("pirnt 1"))
                .isInstanceOf(SessionException.class)
                .hasMessage("unknown command \"pirnt\"; did you mean print?");
        assertThatThrownBy(() -> run("xyzzy")).hasMessage("unknown command \"xyzzy\"; help lists them");
        assertThatThrownBy(() -> run("unt")).hasMessage("\"unt\" is ambiguous: until, untrue");
    }

    @Test
    void throwsWhatTheCommandThrew() {
        assertThatThrownBy(() -> run("untrue"))
                .isInstanceOfSatisfying(
                        SessionException.class,
                        e -> assertThat(e.failure()).isInstanceOf(SessionFailure.Unexpected.class));
        assertThatThrownBy(() -> run("broken")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void repeatsWhereTheVerbSaysSo() {
        assertThat(interpreter.repeats("si 3")).isTrue();
        assertThat(interpreter.repeats("print 1")).isFalse();
        assertThat(interpreter.repeats("# si")).isFalse();
        assertThat(interpreter.repeats("nonsense")).isFalse();
    }

    @Test
    void findsSecondWordsByUnambiguousBeginning() {
        assertThat(run("info reg rip")).isEqualTo("registers of [rip]\n");
        assertThat(run("i r")).isEqualTo("registers of []\n");
        assertThat(run("i b")).isEqualTo("no breakpoints\n");
        assertThatThrownBy(() -> run("info basis")).hasMessage("info: no \"basis\"; did you mean bases?");
        assertThatThrownBy(() -> run("info")).hasMessage("info what? One of: bases, breakpoints, registers");
    }

    @Test
    void completesVerbsThenWhatTheVerbKnows() {
        assertThat(complete("un")).isEqualTo(new Completion(0, List.of("until", "untrue")));
        assertThat(complete("print $r")).isEqualTo(new Completion(6, List.of("$rax", "$rbx")));
        assertThat(complete("p/x ")).isEqualTo(new Completion(4, List.of("$rax", "$rbx", "linux_banner")));
        assertThat(complete("print 1 + linux")).isEqualTo(new Completion(10, List.of("linux_banner")));
        assertThat(complete("xyzzy f")).isEqualTo(new Completion(6, List.of()));
    }

    @Test
    void completesSecondWordsAndWhatTheyKnow() {
        assertThat(complete("info ")).isEqualTo(new Completion(5, List.of("bases", "breakpoints", "registers")));
        assertThat(complete("i re")).isEqualTo(new Completion(2, List.of("registers")));
        assertThat(complete("info registers r")).isEqualTo(new Completion(15, List.of("r-seen", "rip")));
        assertThat(complete("info registers rax ")).isEqualTo(new Completion(19, List.of("-seen", "rip")));
    }

    @Test
    void completesOnlyWhatStandsBeforeTheCursor() {
        assertThat(interpreter.complete("pri 5", 3)).isEqualTo(new Completion(0, List.of("print")));
        assertThat(interpreter.complete("  pri", 5)).isEqualTo(new Completion(2, List.of("print")));
    }

    @Test
    void quitCarriesAnExitStatus() {
        assertThat(interpreter.quitStatus()).isEmpty();
        run("quit 3");
        assertThat(interpreter.quitStatus()).hasValue(3);
        assertThatThrownBy(() -> run("quit now")).hasMessage("quit now: the status is a number from 0 to 255");
    }

    @Test
    void echoReadsEscapesAndAddsNothing() {
        assertThat(run("echo a\\tb\\n\\x41\\101\\q")).isEqualTo("a\tb\nAAq");
    }

    @Test
    void historyShowsTheLastLines() {
        assertThat(run("history 2")).isEqualTo("    2  second\n    3  third\n");
    }

    @Test
    void sourceRunsAFileAndNamesTheLineThatFailed() throws IOException {
        Path script = script("# comment\nprint 1\n\nprint 1 +\\\n 2\nuntrue\nprint 3\n");
        assertThatThrownBy(() -> run("source " + script))
                .isInstanceOf(SessionException.class)
                .hasMessage(script + ":6: untrue: untrue: 1 != 2");
        assertThat(output.answer()).isEqualTo("print  [1]\nprint  [1 + 2]\n");
    }

    @Test
    void sourceEndsAtQuit() throws IOException {
        run("source " + script("print 1\nquit\nprint 2\n"));
        assertThat(output.answer()).isEqualTo("print  [1]\n");
    }

    @Test
    void sourceOfItselfEnds() throws IOException {
        Path script = directory.resolve("loop");
        Files.writeString(script, "source " + script + "\n");
        assertThatThrownBy(() -> run("source " + script)).hasMessageContaining("files source each other 20 deep");
    }

    @Test
    void sourceRefusesWhatItCannotRead() throws IOException {
        assertThatThrownBy(() -> run("source /nowhere/at/all")).hasMessage("read /nowhere/at/all: no such file");
        assertThatThrownBy(() -> run("source " + directory)).hasMessage("read " + directory + ": a directory");
        Path binary = directory.resolve("binary");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> run("source " + binary)).hasMessage("read " + binary + ": not UTF-8 text");
    }

    private Path script(String text) throws IOException {
        return Files.writeString(directory.resolve("script.kdive"), text, StandardCharsets.UTF_8);
    }

    private String run(String line) {
        int before = output.answer().length();
        interpreter.execute(line, output);
        return output.answer().substring(before);
    }

    private Completion complete(String line) {
        return interpreter.complete(line, line.length());
    }
}
