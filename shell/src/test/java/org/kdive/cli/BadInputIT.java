package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;

/** What a user gets for what cannot be: one line that names it, the status that fits, and nothing left behind. */
@Timeout(300)
final class BadInputIT {
    @TempDir
    private Path directory;

    private record Outcome(int status, String out, String err) {
        /** The talk of the machine on its way is no complaint. */
        String complaint() {
            return err.lines()
                    .filter(line -> !line.startsWith("KASLR") && !line.startsWith("["))
                    .reduce((one, other) -> one + "\n" + other)
                    .orElse("");
        }
    }

    private Outcome kdive(Map<String, String> environment, String... words) throws Exception {
        try (KdiveProcess kdive = KdiveProcess.start(directory, environment, words)) {
            int status = kdive.end();
            return new Outcome(status, kdive.out(), kdive.err());
        }
    }

    private Outcome run(List<String> lines, String... options) throws Exception {
        Path script = Files.write(directory.resolve("s.kdive"), lines);
        String[] words = Stream.concat(
                        Stream.of("run", script.toString(), "--kernel", "debian"), Arrays.stream(options))
                .toArray(String[]::new);
        return kdive(Map.of(), words);
    }

    private static Path debian() {
        return KernelFetcher.ofUser()
                .fetch(KernelName.parse("debian"), Progress.silent())
                .kernel();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "empty", "truncated", "directory", "missing"})
    void aKernelThatIsNone(String kind) throws Exception {
        Path kernel = directory.resolve(kind);
        switch (kind) {
            case "text" -> Files.writeString(kernel, "this is no kernel");
            case "empty" -> Files.createFile(kernel);
            case "truncated" -> Files.write(kernel, Arrays.copyOf(Files.readAllBytes(debian()), 3_000_000));
            case "directory" -> Files.createDirectory(kernel);
            default -> assertThat(kernel).doesNotExist();
        }
        Outcome outcome = kdive(Map.of(), "boot", kernel.toString());
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("kdive: " + kernel + ": ").hasLineCount(1);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void aKernelOfAnotherArchitectureThanQemus() throws Exception {
        // Documentation/arch/arm64/booting.rst: the magic stands at 56
        byte[] header = new byte[4096];
        System.arraycopy("ARMd".getBytes(StandardCharsets.ISO_8859_1), 0, header, 56, 4);
        Path kernel = Files.write(directory.resolve("Image"), header);
        Path script = Files.writeString(directory.resolve("s.kdive"), "print 1\n");
        Outcome outcome = kdive(
                Map.of(),
                "run",
                script.toString(),
                "--kernel",
                kernel.toString(),
                "--initrd",
                "none",
                "--qemu",
                "qemu-system-x86_64");
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(3);
        assertThat(outcome.err())
                .startsWith("kdive: start qemu-system-x86_64: QEMU exited with 1: ")
                .contains("unsupported machine type")
                .hasLineCount(1);
    }

    @Test
    void noQemuOnThePath() throws Exception {
        Path script = Files.writeString(directory.resolve("s.kdive"), "print 1\n");
        debian();
        Outcome outcome = kdive(
                Map.of("PATH", "/nonexistent"),
                "run",
                script.toString(),
                "--kernel",
                debian().toString(),
                "--initrd",
                "none");
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo("kdive: start qemu-system-x86_64: not on the path; install QEMU or name it with --qemu\n");
    }

    @Test
    void aQemuThatExitsAtOnce() throws Exception {
        Outcome outcome = run(List.of("print 1"), "--", "-bogus");
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.err()).contains("-bogus: invalid option").hasLineCount(1);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void aSocketPathTooLong() throws Exception {
        Path deep = Files.createDirectories(directory.resolve("x".repeat(120)));
        Path script = Files.writeString(directory.resolve("s.kdive"), "print 1\n");
        Outcome outcome =
                kdive(Map.of("XDG_RUNTIME_DIR", deep.toString()), "run", script.toString(), "--kernel", "debian");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains(deep.toString(), "AF_UNIX", "XDG_RUNTIME_DIR")
                .hasLineCount(1);
        assertThat(deep).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    break start_kernl           | 2 | no symbol "start_kernl"; did you mean start_kernel?
                    expect start_kernl == 1     | 1 | no symbol "start_kernl"; did you mean start_kernel?
                    expect $rip == 5            | 1 | expected $rip == 5: $rip is 0xfff0 (65520)
                    print $rxx + 1              | 2 | the value is void: a name that is neither a register nor set?
                    contineu                    | 2 | unknown command "contineu"; did you mean continue?
                    expect console zzz within 1s| 4 | the console did not say /zzz/ within 1 s
                    x/4gx 0x100000000000        | 2 | the page at 0x100000000000 is not mapped
                    hexdump 0x100000000000      | 2 | the page at 0x100000000000 is not mapped
                    dump memory /dev/full 0 +64 | 2 | dump /dev/full: No space left on device
                    dump memory /no/dir 0 +64   | 2 | dump /no/dir: no such file or directory
                    """)
    void aLineThatFailsIsNamedAndEndsTheScript(String line, int status, String reason) throws Exception {
        Outcome outcome = run(List.of("print 40 + 2", "", line, "print 99"));
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(status);
        assertThat(outcome.err().lines().findFirst().orElse(""))
                .startsWith(directory.resolve("s.kdive") + ":3: " + line + ": ")
                .contains(reason);
        assertThat(outcome.out()).as("what came before").contains("42").doesNotContain("99");
    }

    @Test
    void theReadableRestOfARangeIsShownAndDumped() throws Exception {
        Path file = directory.resolve("dump");
        Outcome outcome = run(List.of(
                "tbreak start_kernel",
                "continue",
                // the kernel is mapped in steps of 2 MiB, and behind the last one nothing is
                "x/520gx (((u64)&_end+0x1fffff)&~0x1fffff)-4096",
                "dump memory " + file + " (((u64)&_end+0x1fffff)&~0x1fffff)-4096 +8192",
                "print 99"));
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.complaint())
                .contains("4096 of 8192 bytes are not mapped, in 1 gap, the first page at 0x")
                .hasLineCount(1);
        assertThat(file).hasSize(8192);
        assertThat(outcome.out())
                .containsPattern("ff0( <\\S+>)?:\t0x")
                .contains(":\tcannot access memory: the page at 0x")
                .doesNotContain("99\n");
        assertThat(directory.resolve("dump.partial")).doesNotExist();
    }

    @Test
    void aFullDiskLeavesNoPartialFile() throws Exception {
        Path full = Files.createDirectory(directory.resolve("full"));
        assumeTrue(
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "none", full.toString())
                                .start()
                                .waitFor()
                        == 0,
                "mounting a file system takes root");
        try {
            Outcome outcome = run(List.of("dump memory " + full.resolve("dump") + " 0 +0x100000"));
            assertThat(outcome.status()).as(outcome.err()).isEqualTo(2);
            assertThat(outcome.err()).contains("No space left on device").hasLineCount(1);
            assertThat(full).isEmptyDirectory();
        } finally {
            new ProcessBuilder("umount", full.toString()).start().waitFor();
        }
    }

    @Test
    void aScriptThatTakesTooLong() throws Exception {
        Outcome outcome = run(List.of("continue"), "--timeout", "2s");
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(4);
        assertThat(outcome.err()).contains("s.kdive:1: continue: the script did not end within 2 s");
    }

    @Test
    void traceShowsWhereItCameFrom() throws Exception {
        Path script = Files.writeString(directory.resolve("s.kdive"), "print $rip\n");
        try (KdiveProcess kdive = KdiveProcess.start(directory, "run", script.toString(), "--trace")) {
            kdive.awaitErr("\tat org.kdive.session.");
            assertThat(kdive.err()).startsWith(script + ":1: print $rip: nothing is booted");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nonsense          | kdive: --gdb nonsense: expected unix:PATH, tcp:HOST:PORT or HOST:PORT
                    localhost:99999   | kdive: --gdb localhost:99999: expected a port from 1 to 65535 after the last colon
                    tcp:127.0.0.1:1   | connect to a gdb stub: cannot connect to tcp:127.0.0.1:1: Connection refused
                    unix:/no/stub     | connect to a gdb stub: cannot connect to unix:/no/stub: No such file or directory
                    """)
    void anEndpointWhereNobodyIs(String endpoint, String complaint) throws Exception {
        Outcome outcome = kdive(Map.of(), "attach", "--gdb", endpoint);
        assertThat(outcome).isEqualTo(new Outcome(2, "", complaint + "\n"));
    }

    @Test
    void anEndpointTooLong() throws Exception {
        Outcome outcome = kdive(Map.of(), "attach", "--gdb", "unix:/" + "x".repeat(120));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("the path has 121 bytes, a unix socket allows 107")
                .hasLineCount(1);
    }
}
