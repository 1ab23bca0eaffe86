package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.command.Complaint;
import org.kdive.command.ExitStatus;
import org.kdive.command.FailureStatus;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineFailure;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/** The command line from its words to its exit status, without a process. */
final class MainTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int kdive(String... words) {
        return Main.run(OutputStream.nullOutputStream(), new PrintWriter(out, true), new PrintWriter(err, true), words);
    }

    @Test
    void saysItsVersionOnStandardOutput() {
        assertThat(kdive("--version")).isEqualTo(ExitStatus.WELL);
        assertThat(out.toString()).startsWith("kdive ").contains("Java " + System.getProperty("java.version"));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyVerbHasHelp() {
        assertThat(kdive("image", "inspect", "--help")).isEqualTo(ExitStatus.WELL);
        assertThat(out.toString()).startsWith("Usage: kdive image inspect").contains("--json", "--trace", "KERNEL");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    boo                   | kdive: Unmatched argument at index 0: 'boo' (see kdive --help)
                    image                 | kdive image: Missing required subcommand (see kdive image --help)
                    image inspect         | kdive image inspect: Missing required parameter: 'KERNEL' (see kdive image inspect --help)
                    image inspect --nope x| kdive image inspect: Unknown option: '--nope' (see kdive image inspect --help)
                    image extract x       | kdive image extract: Missing required option: '--output=OUT' (see kdive image extract --help)
                    """)
    void aWrongCommandLineIsOneLine(String words, String complaint) {
        assertThat(kdive(words.split(" "))).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString()).isEqualTo(complaint + "\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anUnreadableFileIsOneLineThatNamesIt() {
        assertThat(kdive("image", "inspect", "/no/such/kernel")).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString()).isEqualTo("kdive: /no/such/kernel: no such file\n");
    }

    @Test
    void traceAddsTheStack() throws Exception {
        Path file = Files.writeString(directory.resolve("text"), "this is no kernel");

        assertThat(kdive("image", "inspect", file.toString(), "--trace")).isEqualTo(ExitStatus.UNUSABLE);
        assertThat(err.toString())
                .startsWith("kdive: " + file + ": not a kernel")
                .contains("\n\tat org.kdive.images.");
    }

    @Test
    void leavesNothingWhereItCouldNotWriteAll() throws Exception {
        assertThat(kdive(
                        "image",
                        "extract",
                        "/no/such/kernel",
                        "-o",
                        directory.resolve("out").toString()))
                .isEqualTo(ExitStatus.UNUSABLE);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> failures() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                failure(new QmpException(new QmpFailure.Disconnected("unix:q", "end")), ExitStatus.DIED),
                failure(new QmpException(new QmpFailure.TimedOut("stop", second)), ExitStatus.TIMED_OUT),
                failure(new QmpException(new QmpFailure.Unreachable("unix:q", "no")), ExitStatus.UNUSABLE),
                failure(new RspException("read", new RspFailure.Disconnected("")), ExitStatus.DIED),
                failure(new RspException("read", new RspFailure.TimedOut("m", second)), ExitStatus.TIMED_OUT),
                failure(new MachineException("boot", new MachineFailure.Interrupted()), ExitStatus.INTERRUPTED),
                failure(new MachineException("boot", new MachineFailure.NoQemu("q")), ExitStatus.UNUSABLE),
                failure(new MachineException("boot", new MachineFailure.ConsoleClosed()), ExitStatus.DIED),
                failure(new InterruptedException(), ExitStatus.INTERRUPTED));
    }

    private static org.junit.jupiter.params.provider.Arguments failure(Exception e, int status) {
        return org.junit.jupiter.params.provider.Arguments.of(e, status);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theExitStatusSaysWhatKindOfFailureItWas(Exception e, int status) {
        assertThat(FailureStatus.of(e)).isEqualTo(status);
    }

    @Test
    void aBugOfOursIsOneLineToo() {
        assertThat(Complaint.of(new IllegalStateException("one\ntwo")).text())
                .isEqualTo("internal error, please report it with --trace: java.lang.IllegalStateException: one; two");
    }
}
