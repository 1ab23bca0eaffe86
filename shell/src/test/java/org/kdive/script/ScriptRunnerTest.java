package org.kdive.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kdive.command.Command;
import org.kdive.command.Language;
import org.kdive.command.RecordingOutput;
import org.kdive.command.ScriptFile;
import org.kdive.command.Settings;
import org.kdive.command.Verbs;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

final class ScriptRunnerTest {
    private final Session session = Session.open();
    private final RecordingOutput output = new RecordingOutput();

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    @Test
    void runsEveryLineAndKeepsWhatItSaid() {
        ScriptResult result = run("# a comment", "print 1", "", "  si  ");
        assertThat(result.exitStatus()).isZero();
        assertThat(result.lines()).extracting(LineResult::line).containsExactly(2, 4);
        assertThat(result.lines()).extracting(LineResult::command).containsExactly("print 1", "si");
        assertThat(result.lines()).extracting(LineResult::output).containsExactly("print  [1]\n", "stepped\n");
        assertThat(output.answer()).isEqualTo("print  [1]\nstepped\n");
    }

    @Test
    void stopsAtTheFirstFailureAndNamesIt() {
        ScriptResult result = run("print 1", "untrue", "print 2");
        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.lines()).hasSize(2);
        assertThat(output.talk()).isEqualTo("test.kdive:2: untrue: untrue: 1 != 2\n");
    }

    @Test
    void everyFailureHasItsStatus() {
        assertThat(failing(new SessionFailure.Unexpected("x"))).isEqualTo(1);
        assertThat(failing(new SessionFailure.Usage("x"))).isEqualTo(2);
        assertThat(failing(new SessionFailure.TargetGone("x"))).isEqualTo(3);
        assertThat(failing(new SessionFailure.TimedOut(Duration.ZERO))).isEqualTo(4);
        assertThat(failing(new SessionFailure.Interrupted())).isEqualTo(130);
        assertThat(run("pirnt 1").exitStatus()).isEqualTo(2);
    }

    @Test
    void quitEndsItWithItsStatus() {
        assertThat(run("quit 7", "untrue").exitStatus()).isEqualTo(7);
    }

    @Test
    void whatTakesTooLongTimesOut() {
        Command dawdle = Command.named("dawdle").runs((session, arguments, output) -> {
            while (true) {
                Thread.onSpinWait();
                session.checkInterrupt();
            }
        });
        List<Command> verbs = new ArrayList<>(Language.verbs());
        verbs.add(dawdle);
        ScriptResult result = new ScriptRunner(verbs, session, output)
                .run(List.of(script("dawdle", "print 1")), Optional.of(Duration.ofMillis(50)));
        assertThat(result.exitStatus()).isEqualTo(4);
        assertThat(output.answer()).isEmpty();
        assertThat(output.talk()).contains("test.kdive:1: dawdle: the script did not end within");
    }

    @Test
    void theDebuggersVerbsSayThatNothingIsBooted() {
        for (String line :
                List.of("expect $rip == 1", "expect stop start_kernel", "send ls", "expect console x", "c")) {
            RecordingOutput said = new RecordingOutput();
            ScriptResult result = new ScriptRunner(new Verbs(new Settings()).all(), session, said)
                    .run(List.of(script(line)), Optional.empty());
            assertThat(result.exitStatus()).as(line).isEqualTo(2);
            assertThat(said.talk())
                    .as(line)
                    .startsWith("test.kdive:1: " + line + ": ")
                    .hasLineCount(1);
        }
    }

    @Test
    void aBrokenPatternIsSaidWithItsPlace() {
        RecordingOutput said = new RecordingOutput();
        new ScriptRunner(new Verbs(new Settings()).all(), session, said)
                .run(List.of(script("expect console [")), Optional.empty());
        assertThat(said.talk()).contains("expect console: Unclosed character class");
    }

    @Test
    void refusesAFileItCannotRead() {
        assertThatThrownBy(() -> ScriptRunner.read(List.of("/nowhere/x.kdive")))
                .isInstanceOf(SessionException.class)
                .hasMessage("read /nowhere/x.kdive: no such file");
    }

    private int failing(SessionFailure failure) {
        Command fail = Command.named("fail").runs((session, arguments, output) -> {
            throw new SessionException("failed", failure);
        });
        return new ScriptRunner(List.of(fail), session, output)
                .run(List.of(script("fail")), Optional.empty())
                .exitStatus();
    }

    private ScriptResult run(String... lines) {
        return new ScriptRunner(Language.verbs(), session, output).run(List.of(script(lines)), Optional.empty());
    }

    private static ScriptFile script(String... lines) {
        List<ScriptFile.Line> numbered = new ArrayList<>();
        for (String line : lines) {
            numbered.add(new ScriptFile.Line(numbered.size() + 1, line));
        }
        return new ScriptFile("test.kdive", numbered);
    }
}
