package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** Runs a program of the host to its end: an argument vector, never a shell's string, and nothing to read from us. */
public final class ChildProcess {
    private static final long TICK_MILLIS = 100;
    private static final int MAX_OUTPUT_BYTES = 16 << 20;

    /** What a program that ended said. */
    public record Result(int exitStatus, String output, String errors) {
        public boolean succeeded() {
            return exitStatus == 0;
        }

        /** The last line that looks like the reason, for a one-line message. */
        public String reason() {
            List<String> lines = errors.lines().filter(line -> !line.isBlank()).toList();
            return lines.stream()
                    .filter(line -> line.startsWith("E:"))
                    .findFirst()
                    .or(() -> lines.isEmpty()
                            ? java.util.Optional.empty()
                            : java.util.Optional.of(lines.get(lines.size() - 1)))
                    .orElse("exit status " + exitStatus);
        }
    }

    private ChildProcess() {}

    /**
     * @param workingDirectory where the program runs
     * @param tick called about ten times a second while it runs
     */
    public static Result run(List<String> arguments, Path workingDirectory, Duration limit, Runnable tick) {
        Path output = null;
        Path errors = null;
        try {
            // Files instead of pipes: no thread is needed to keep a chatty program from blocking.
            output = Files.createTempFile(workingDirectory, ".out", null);
            errors = Files.createTempFile(workingDirectory, ".err", null);
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(arguments))
                    .directory(workingDirectory.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
            int status = await(arguments, builder.start(), limit, tick);
            return new Result(status, text(output), text(errors));
        } catch (IOException e) {
            throw new ImageException(new ImageFailure.Io(arguments.get(0), "cannot be run: " + e.getMessage()), e);
        } finally {
            delete(output);
            delete(errors);
        }
    }

    private static int await(List<String> arguments, Process process, Duration limit, Runnable tick) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                tick.run();
                if (System.nanoTime() - deadline > 0) {
                    throw FetchFailures.missing(
                            arguments.get(0), "did not end within %d s".formatted(limit.toSeconds()));
                }
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw FetchFailures.interrupted("wait for " + arguments.get(0), e);
        } finally {
            // apt runs its transfers in children of its own.
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw ImageException.io(file, e);
            }
        }
    }
}
