package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kdive.session.Session;

final class OptionsTest {
    private final Session session = Session.open();
    private final Map<String, String> kept = new HashMap<>();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings().attended(kept::putAll)).all(), session, FrontEnd.UNATTENDED);

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    @Test
    void showsWhatWasSet() {
        run("set print elements 7");
        run("set timeout 5s");
        run("set disassembly-flavor att");
        run("set context code args");
        assertThat(run("show print elements")).isEqualTo("print elements: 7\n");
        assertThat(run("show timeout")).isEqualTo("timeout: 5s\n");
        assertThat(run("show"))
                .contains(
                        "disassembly-flavor: att\n",
                        "context: args code\n",
                        "print pretty: on\n",
                        "print repeats: 10\n");
        assertThat(run("show scheduler-locking")).isEqualTo("scheduler-locking: step\n");
        assertThat(run("show step-interrupts")).isEqualTo("step-interrupts: off\n");
        run("set scheduler-locking on");
        run("set step-interrupts");
        assertThat(run("show scheduler-locking")).isEqualTo("scheduler-locking: on\n");
        assertThat(run("show step-interrupts")).isEqualTo("step-interrupts: on\n");
        run("set print elements unlimited");
        run("set context off");
        assertThat(run("show print elements")).isEqualTo("print elements: unlimited\n");
        assertThat(run("show context")).isEqualTo("context: off\n");
    }

    @Test
    void whatIsShownCanBeSet() {
        run("set timeout 1500ms");
        run("set save");
        assertThat(kept).containsEntry("print max-depth", "20").containsKey("timeout");
        kept.forEach((name, value) -> run("set " + name + " " + value));
    }

    @Test
    void takesWhatGdbsScriptsBeginWith() {
        assertThat(run("set pagination off")).isEmpty();
        assertThat(run("set confirm off")).isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> run("set timeout")).hasMessage("set timeout: to what?");
        assertThatThrownBy(() -> run("set scheduler-locking")).hasMessage("set scheduler-locking: to what?");
        assertThatThrownBy(() -> run("set scheduler-locking none"))
                .hasMessage("set scheduler-locking none: off, on, step or replay");
        assertThatThrownBy(() -> run("set step-interrupts maybe")).hasMessage("\"maybe\": on or off");
        assertThatThrownBy(() -> run("set disassembly-flavor arm"))
                .hasMessage("set disassembly-flavor arm: intel or att");
        assertThatThrownBy(() -> run("set context upside")).hasMessage("\"upside\" is no part of the context");
        assertThatThrownBy(() -> run("show nothing-of-that")).hasMessageStartingWith("no option \"nothing-of-that\"");
    }

    private String run(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
    }
}
