package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real launcher, the real build and the real program, as a shell sees them. */
@Timeout(300)
final class KdiveIT {
    @TempDir
    private Path directory;

    private record Outcome(int status, String out, String err) {}

    /** The first start builds what the launcher runs. */
    @BeforeEach
    void build() throws Exception {
        Outcome outcome = shell("kdive --version");
        assertThat(outcome.status()).as(outcome.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "kdive --version, 0",
        "kdive --version >/dev/full, 2",
        "kdive no-such-verb, 2",
        "kdive image inspect .., 2"
    })
    void theShellSeesTheExitStatus(String script, int status) throws Exception {
        assertThat(shell(script).status()).isEqualTo(status);
    }

    @Test
    void aReaderWhoStopsReadingIsNotComplainedAbout() throws Exception {
        // Standard output is a pipe whose reader has left before the first byte comes.
        Outcome outcome = shell("mkfifo pipe; { exec 3<pipe; exec 3<&-; } & exec 4>pipe; wait; kdive --version >&4");

        assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
    }

    @Test
    void theSecondStartOfAVerbUsesTheArchiveOfTheFirst() throws Exception {
        String start = "KDIVE_JVM='-XX:+UseSerialGC -Xlog:class+load:file=classes' kdive --version && "
                + "grep -c 'org.kdive.cli.Main source: shared objects file (top)' classes";

        assertThat(shell(start).status()).isEqualTo(1);
        assertThat(shell(start).status()).isZero();
    }

    private Outcome shell(String script) throws Exception {
        Path err = directory.resolve("err");
        String define = "kdive() { '" + Path.of("..", "kdive").toRealPath() + "' \"$@\"; }\n";
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", define + script)
                .directory(directory.toFile())
                .redirectError(err.toFile());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, Files.readString(err));
    }
}
