package org.kdive.repl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real prompt on a real pseudo-terminal, which tmux makes and reads. */
final class PromptIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private String socket = "";

    @BeforeEach
    void needTmux() throws Exception {
        boolean installed = run(List.of("sh", "-c", "command -v tmux")).status() == 0;
        if (System.getenv("CI") == null) {
            assumeTrue(installed, "tmux is not on the path");
        }
        socket = directory.resolve("tmux").toString();
    }

    @AfterEach
    void endTmux() throws Exception {
        run(List.of("tmux", "-S", socket, "kill-server"));
    }

    @Test
    void helpErrorsCompletionAndTheKeysThatLeave() throws Exception {
        start("xterm-256color", 100);
        type("apro", "Tab", "snapshot", "Enter");
        shows("snapshot save");
        type("hlep", "Enter");
        shows("unknown command \"hlep\"; did you mean help?");
        type("info reg", "Tab");
        shows("(kdive) info registers");
        type("C-c");
        shows("(kdive) info registers\n(kdive)");
        type("", "Enter");
        shows("info registers\n(kdive)\n(kdive)");
        type("Up", "Enter");
        await().atMost(PATIENCE).until(() -> occurrences(screen(), "unknown command \"hlep\"") == 2);
        type("C-d");
        endsWith(0);
        assertThat(Files.readString(directory.resolve("state/kdive/history"))).contains("apropos snapshot", "hlep");
    }

    @Test
    void controlCNeverEndsIt() throws Exception {
        start("xterm-256color", 100);
        for (int prompts = 2; prompts < 7; prompts++) {
            int wanted = prompts;
            type("C-c"); // a signal, not a byte: it may overtake what is typed after it
            await().atMost(PATIENCE).until(() -> occurrences(screen(), "(kdive)") == wanted);
        }
        type("echo still here\\n", "Enter");
        shows("\nstill here");
        type("quit 7", "Enter");
        endsWith(7);
    }

    @Test
    void aDumbTerminalWorksToo() throws Exception {
        start("dumb", 100);
        type("echo plain\\n", "Enter");
        shows("\nplain");
        type("C-c");
        type("echo after\\n", "Enter");
        shows("\nafter");
        type("C-d");
        endsWith(0);
    }

    @Test
    void pastedLinesRunOneByOne() throws Exception {
        start("xterm-256color", 100);
        tmux("set-buffer", "echo one\\n\necho two\\n\n");
        tmux("paste-buffer", "-p", "-t", "kdive");
        type("Enter");
        shows("\none\ntwo");
    }

    @Test
    void aResizedTerminalIsDrawnAnew() throws Exception {
        start("xterm-256color", 100);
        type("echo " + "x".repeat(150));
        tmux("resize-window", "-t", "kdive", "-x", "60", "-y", "30");
        type("y\\n", "Enter");
        await().atMost(PATIENCE).until(() -> screen().replace("\n", "").contains("x".repeat(150) + "y"));
        type("quit", "Enter");
        endsWith(0);
    }

    private void start(String terminalType, int columns) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The shell tells how it ended: tmux 3.3 forgets the status of a pane whose terminal closes before its process
        // ends.
        String command =
                """
                trap : INT
                env TERM=%s XDG_STATE_HOME=%s '%s' -Dkdive.terminals=012 -cp '%s' org.kdive.cli.Main
                echo "exit=$?"
                exec sleep 600
                """.formatted(terminalType, directory.resolve("state"), java, System.getProperty("java.class.path"));
        Path script = Files.writeString(directory.resolve("start.sh"), command, StandardCharsets.UTF_8);
        Path options = Files.writeString(directory.resolve("tmux.conf"), "set -g remain-on-exit on\n");
        assertThat(run(List.of(
                                "tmux",
                                "-S",
                                socket,
                                "-f",
                                options.toString(),
                                "new-session",
                                "-d",
                                "-s",
                                "kdive",
                                "-x",
                                String.valueOf(columns),
                                "-y",
                                "40",
                                "exec sh " + script))
                        .status())
                .isZero();
        shows("(kdive)");
    }

    /** Text as it stands, or the name of a key. */
    private void type(String... keys) throws Exception {
        for (String key : keys) {
            boolean named = List.of("Enter", "Tab", "Up", "C-c", "C-d").contains(key);
            if (named) {
                tmux("send-keys", "-t", "kdive", key);
            } else if (!key.isEmpty()) {
                tmux("send-keys", "-t", "kdive", "-l", "--", key);
            }
        }
    }

    private void shows(String text) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(screen()).contains(text));
    }

    private void endsWith(int status) {
        shows("exit=" + status + "\n");
    }

    private String screen() throws Exception {
        return tmux("capture-pane", "-p", "-t", "kdive").replaceAll("(?m) +$", "");
    }

    private static int occurrences(String text, String what) {
        return text.split(java.util.regex.Pattern.quote(what), -1).length - 1;
    }

    private String tmux(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket));
        command.addAll(List.of(words));
        return run(command).output();
    }

    private record Ended(int status, String output) {}

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }
}
