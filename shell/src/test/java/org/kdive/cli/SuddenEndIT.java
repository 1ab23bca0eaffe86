package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** QEMU is killed under kdive, and kdive by its user: what was said stays said, the status tells, and nothing is left. */
@Timeout(300)
final class SuddenEndIT {
    private static final String KILLED = "QEMU was killed by signal 9";

    @TempDir
    private Path directory;

    private KdiveProcess run(List<String> lines) throws Exception {
        Path script = Files.write(directory.resolve("s.kdive"), lines);
        return KdiveProcess.start(directory, "run", script.toString(), "--kernel", "debian");
    }

    @ParameterizedTest
    @ValueSource(strings = {"continue", "expect console never within 100s"})
    void qemuIsKilledWhileTheScriptWaits(String line) throws Exception {
        // the second waits with the guest stopped
        try (KdiveProcess kdive = run(List.of("echo so far\\n", line, "print 1"))) {
            kdive.awaitOut("so far\n");
            kdive.qemu().destroyForcibly();
            assertThat(kdive.end()).as(kdive.err()).isEqualTo(3);
            assertThat(kdive.err()).contains("s.kdive:2: " + line + ": " + KILLED + "\n");
            assertThat(kdive.err().split(KILLED, -1)).as("told once").hasSize(2);
            assertThat(kdive.out()).startsWith("so far\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"monitor info version", "info threads", "stepi", "x/4gx 0xfffffff0", "qmp query-status"})
    void qemuIsKilledInTheMiddleOfAReply(String line) throws Exception {
        try (KdiveProcess kdive = KdiveProcess.start(directory, "boot", "debian")) {
            kdive.awaitOut("=> 0x"); // stopped before the first instruction
            ProcessHandle qemu = kdive.qemu();
            KdiveProcess.signal(qemu, "STOP"); // it owes the answer from here on
            kdive.type(line + "\nprint 1\n");
            qemu.destroyForcibly();
            assertThat(kdive.end()).as(kdive.err()).isEqualTo(3);
            assertThat(kdive.err()).contains(KILLED);
        }
    }

    @Test
    void qemuIsKilledWhileMemoryIsDumped() throws Exception {
        Path file = directory.resolve("dump");
        try (KdiveProcess kdive = run(List.of("echo so far\\n", "dump memory " + file + " 0 +0x1ff00000"))) {
            kdive.awaitOut("so far\n");
            org.awaitility.Awaitility.await()
                    .pollInterval(java.time.Duration.ofMillis(1))
                    .until(() -> Files.exists(directory.resolve("dump.partial")) || Files.exists(file));
            kdive.qemu().destroyForcibly();
            int status = kdive.end();
            // a fast machine has the file before the signal arrives
            assertThat(status).as(kdive.err()).isEqualTo(Files.exists(file) ? 0 : 3);
            assertThat(directory.resolve("dump.partial")).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aSignalEndsTheScriptInOrder(String signal, int status) throws Exception {
        try (KdiveProcess kdive = run(List.of("echo so far\\n", "continue", "print 99"))) {
            kdive.awaitOut("so far\n");
            ProcessHandle qemu = kdive.qemu();
            kdive.signal(signal);
            assertThat(kdive.end()).as(kdive.err()).isEqualTo(status);
            assertThat(kdive.err()).contains("s.kdive:2: continue: interrupted");
            assertThat(kdive.out()).startsWith("so far\n").doesNotContain("99");
            assertThat(qemu.isAlive()).isFalse();
        }
    }
}
