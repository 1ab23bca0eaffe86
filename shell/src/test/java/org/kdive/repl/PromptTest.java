package org.kdive.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kdive.command.Command;
import org.kdive.command.Language;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The prompt without a terminal: lines from a pipe. */
final class PromptTest {
    private static final Command.Action NOTHING = (session, arguments, output) -> {};

    private final Session session = Session.open();
    private final StringWriter answer = new StringWriter();
    private final StringWriter talk = new StringWriter();

    @AfterEach
    void closeTheSession() {
        session.close();
    }

    @Test
    void runsPipedLinesWithoutAPrompt() {
        assertThat(run("print 1\n\n# comment\nprint 2\n", false, NOTHING)).isZero();
        assertThat(answer.toString()).isEqualTo("print  [1]\nprint  [2]\n");
        assertThat(talk.toString()).isEmpty();
    }

    @Test
    void goesOnAfterAnErrorAndRemembersIt() {
        assertThat(run("nonsense\nprint 2", false, NOTHING)).isEqualTo(2);
        assertThat(answer.toString()).isEqualTo("print  [2]\n");
        assertThat(talk.toString()).isEqualTo("unknown command \"nonsense\"; help lists them\n");
    }

    @Test
    void quitDecidesTheStatus() {
        assertThat(run("nonsense\nquit 5\nprint 2\n", false, NOTHING)).isEqualTo(5);
        assertThat(answer.toString()).isEmpty();
    }

    @Test
    void aBugIsOneLine() {
        run("broken\n", false, NOTHING);
        assertThat(talk.toString())
                .isEqualTo("internal error, please report it with --trace: java.lang.IllegalStateException: a bug\n");
    }

    @Test
    void takesBytesThatAreNotUtf8() {
        byte[] input = {'p', ' ', (byte) 0xff, (byte) 0xc3, '\n'};
        assertThat(run(input, false, NOTHING)).isZero();
        assertThat(answer.toString()).isEqualTo("p  [\ufffd\ufffd]\n");
    }

    @Test
    void whoTypesABlockIsToldHowItEnds() {
        assertThat(run("define twice\nprint $arg0\nend\ntwice 4\n", true, NOTHING))
                .isZero();
        assertThat(answer.toString())
                .isEqualTo("(kdive) Type commands for definition of \"twice\".\nEnd with a line saying just \"end\".\n"
                        + ">>(kdive) print  [4]\n(kdive) ");
    }

    @Test
    void aBlockThatMakesNoSenseIsRefusedBeforeItsLines() {
        run("document nothing\nprint 2\n", true, NOTHING);
        assertThat(talk.toString().strip()).isEqualTo("document nothing: define it first");
        assertThat(answer.toString()).endsWith("print  [2]\n(kdive) ");
    }

    @Test
    void onADumbTerminalAnEmptyLineRepeatsWhereGdbRepeats() {
        assertThat(run("si\n\n\nprint 1\n\n", true, NOTHING)).isZero();
        assertThat(answer.toString().replace("(kdive) ", "")).isEqualTo("stepped\nstepped\nstepped\nprint  [1]\n");
    }

    @Test
    void consoleNeedsKeys() {
        run("console\n", false, NOTHING);
        assertThat(talk.toString()).startsWith("nothing is booted");
    }

    @Test
    void readsNothingWhenTheBeginningFails() {
        int status = run("print 1\n", false, (session, arguments, output) -> {
            throw new SessionException("boot: no", new SessionFailure.TargetGone("no"));
        });
        assertThat(status).isEqualTo(3);
        assertThat(answer.toString()).isEmpty();
    }

    private int run(String input, boolean typed, Command.Action first) {
        return run(input.getBytes(StandardCharsets.UTF_8), typed, first);
    }

    private int run(byte[] input, boolean typed, Command.Action first) {
        Prompt.Streams streams = new Prompt.Streams(
                new ByteArrayInputStream(input),
                new PrintWriter(answer),
                new PrintWriter(talk),
                typed,
                false, // no system terminal inside a test
                false,
                false);
        return new Prompt(Language.verbs(), session, streams, (stop, output) -> {}).run(first);
    }
}
