package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** kdive as a process of its own, with streams that are not terminals and a runtime directory nobody else uses. */
public final class KdiveProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2); // a loaded machine, and a kernel to boot

    private final Path directory;
    private final Process process;

    private KdiveProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** @param directory the test's own: streams go to files in it, run directories below {@code run} */
    public static KdiveProcess start(Path directory, Map<String, String> environment, String... words)
            throws IOException {
        Path run = Files.createDirectories(directory.resolve("run"));
        List<String> line = new ArrayList<>(List.of(
                // tests in the background or under nohup have these ignored, and would hand that on
                "/usr/bin/env",
                "--default-signal=INT,HUP,TERM",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.kdive.cli.Main"));
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("XDG_RUNTIME_DIR", run.toString());
        builder.environment().putAll(environment);
        return new KdiveProcess(directory, builder.start());
    }

    public static KdiveProcess start(Path directory, String... words) throws IOException {
        return start(directory, Map.of(), words);
    }

    public String out() {
        return read("out");
    }

    public String err() {
        return read("err");
    }

    private String read(String stream) {
        try {
            return Files.readString(directory.resolve(stream));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is typed, piped in. */
    public void type(String text) throws IOException {
        OutputStream keys = process.getOutputStream();
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    public void awaitOut(String text) {
        Awaitility.await(text)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> out().contains(text) || !process.isAlive());
        assertThat(out()).as("standard error: " + err()).contains(text);
    }

    public void awaitErr(String text) {
        Awaitility.await(text)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> err().contains(text) || !process.isAlive());
        assertThat(err()).contains(text);
    }

    /** The QEMU it has started. */
    public ProcessHandle qemu() {
        try (Stream<ProcessHandle> descendants = process.descendants()) {
            return descendants
                    .filter(one -> one.info().command().orElse("").contains("qemu-system"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no QEMU below " + process.pid()));
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void signal(String name) throws Exception {
        signal(process.toHandle(), name);
    }

    public static void signal(ProcessHandle to, String name) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(to.pid()))
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    /** The exit status. Nothing may be left: no QEMU, no run directory. */
    public int end() throws Exception {
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended; out: " + out() + " err: " + err())
                .isTrue();
        Path run = directory.resolve("run");
        Awaitility.await("nothing left in " + run).atMost(Duration.ofSeconds(5)).until(() -> {
            try (Stream<Path> left = Files.list(run)) {
                return left.findAny().isEmpty();
            }
        });
        assertThat(err()).doesNotContain("\tat org.kdive").doesNotContain("internal error");
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
