package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One gdb process with the debug vmlinux, asked line by line. */
final class Gdb implements AutoCloseable {
    private static final String MARK = "@answered@";
    private static final String REFUSED = "@refused@";
    // a refusal looks like an answer otherwise
    private static final String RUN = """
            def run(command):
                try:
                    gdb.execute(command)
                except gdb.error as e:
                    gdb.write("%s" + str(e))
            """.formatted(REFUSED);

    private final Process process;
    private final PrintWriter in;
    private final BufferedReader out;

    private Gdb(Process process) {
        this.process = process;
        this.in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** On CI a missing gdb is a failure; elsewhere a reason to skip. */
    static Gdb start(DebugVmlinux vmlinux) {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, vmlinux.gdb())));
        if (System.getenv("CI") != null) {
            assertThat(there).as("%s on the path", vmlinux.gdb()).isTrue();
        }
        assumeTrue(there, vmlinux.gdb() + " is not on the path");
        List<String> command = new ArrayList<>(List.of(vmlinux.gdb(), "-nx", "-q"));
        for (String setting : List.of(
                "set index-cache directory " + vmlinux.indexes(),
                "set index-cache enabled on",
                "set prompt",
                "set width 0",
                "set height 0",
                "set confirm off",
                "set auto-load no",
                "set print finish off",
                "set startup-quietly on")) {
            command.addAll(List.of("-iex", setting));
        }
        command.add(vmlinux.file().toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("DEBUGINFOD_URLS");
        try {
            Files.createDirectories(vmlinux.indexes());
            Gdb gdb = new Gdb(builder.start());
            gdb.define(RUN);
            return gdb;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it says to one command, without the last line end. */
    Answer answer(String command) {
        String text = String.join("\n", lines("python run(%s)".formatted(quoted(command))));
        boolean refused = text.contains(REFUSED);
        return new Answer(text.replace(REFUSED, ""), refused);
    }

    /** Runs text as Python inside gdb. */
    void define(String python) {
        lines("python exec(%s, globals())".formatted(quoted(python)));
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }

    List<String> lines(String command) {
        in.println(command);
        in.println("echo \\n" + MARK + "\\n");
        in.flush();
        List<String> lines = new ArrayList<>();
        try {
            for (String line = out.readLine(); !MARK.equals(line); line = out.readLine()) {
                if (line == null) {
                    throw new IllegalStateException("gdb ended at \"%s\": %s".formatted(command, lines));
                }
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return withoutMarksLineEnd(lines);
    }

    private static List<String> withoutMarksLineEnd(List<String> lines) {
        int last = lines.size() - 1;
        return last >= 0 && lines.get(last).isEmpty() ? lines.subList(0, last) : lines;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        in.close();
    }
}
