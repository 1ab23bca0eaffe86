package org.kdive.images.build;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** One make after another, what they say counted and kept in a log. An argument vector, never a shell's string. */
final class Make {
    // "  CC      init/main.o", "  CC [M]  fs/9p/v9fs.o"
    private static final Pattern DONE = Pattern.compile(" {2}([A-Z][A-Z0-9_]*(?: \\[M])?) +(\\S+)");
    private static final Pattern ERROR = Pattern.compile("(?i).*(?:\\berror\\b|\\bfatal\\b|not found|\\*\\*\\*).*");

    private final HostTools tools;
    private final List<String> words;
    private final Map<String, String> environment;
    private final Path log;
    private final BuildProgress progress;
    private int count;

    Make(HostTools tools, List<String> words, Map<String, String> environment, Path log, BuildProgress progress)
            throws IOException {
        this.tools = tools;
        this.words = List.copyOf(words);
        this.environment = environment;
        this.log = log;
        this.progress = progress;
        Files.deleteIfExists(log);
    }

    void run(List<String> more) throws IOException {
        List<String> all = new ArrayList<>(words);
        all.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C");
        Process make = builder.start();
        // make has children of its own, and none of them may outlive us.
        Thread end = new Thread(() -> stop(make), "end of make");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            String error = read(make);
            int status = make.waitFor();
            if (status != 0) {
                throw failed(more, status, error);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(new ImageFailure.Missing("make", "interrupted"), e);
        } finally {
            stop(make);
            remove(end);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The machine is on its way down and runs the hook itself.
            assert !hook.isInterrupted();
        }
    }

    private static void stop(Process make) {
        make.descendants().forEach(ProcessHandle::destroy);
        make.destroy();
    }

    /** To the end of its output; answers the first line that looks like an error, or the last line. */
    private String read(Process make) throws IOException {
        String first = null;
        String last = "";
        try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(make.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter kept =
                        Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                kept.write(line);
                kept.newLine();
                Matcher done = DONE.matcher(line);
                if (done.matches()) {
                    progress.done(++count, done.group(1) + " " + done.group(2));
                } else {
                    first = firstError(first, line);
                    last = line.isBlank() ? last : line;
                }
            }
        }
        return first == null ? last : first;
    }

    private static @Nullable String firstError(@Nullable String known, String line) {
        return known == null && ERROR.matcher(line).matches() ? line.strip() : known;
    }

    private ImageException failed(List<String> more, int status, String error) {
        String target = more.get(more.size() - 1);
        String remedy =
                Requirements.remedy(tools, error).map(words -> "; " + words).orElse("");
        return new ImageException(new ImageFailure.Missing(
                "make " + target, "%s (status %d, log %s)%s".formatted(error.strip(), status, log, remedy)));
    }
}
