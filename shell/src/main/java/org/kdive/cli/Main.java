package org.kdive.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.gdbrsp.RspClient;
import org.kdive.qmp.QmpClient;
import picocli.CommandLine;

/** Where the process begins and ends: streams, the command line, the exit status. */
public final class Main {
    /** The verbs whose {@code --} is followed by words for QEMU; elsewhere it ends the options, as everywhere. */
    private static final Set<String> BOOTING = Set.of("boot", "run");

    private static final Map<String, Class<?>> VERBS = new LinkedHashMap<>();

    static {
        VERBS.put("demo", DemoVerb.class);
        VERBS.put("boot", BootVerb.class);
        VERBS.put("attach", AttachVerb.class);
        VERBS.put("run", RunVerb.class);
        VERBS.put("image", ImageVerb.class);
    }

    private Main() {}

    public static void main(String[] words) {
        AnswerStream answer = new AnswerStream(new FileOutputStream(FileDescriptor.out));
        PrintWriter out = new PrintWriter(new OutputStreamWriter(answer, StandardCharsets.UTF_8));
        PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        int status = run(answer, out, err, words);
        out.flush();
        IOException lost = answer.failure();
        if (lost != null && !AnswerStream.isBrokenPipe(lost)) {
            err.println("kdive: standard output: " + lost.getMessage());
            status = ExitStatus.UNUSABLE;
        }
        err.flush();
        keepArchive(status);
        Ending.yieldToSignal();
        System.exit(status);
    }

    /**
     * Everything but the process: runs one command line and returns its exit status.
     *
     * @param answer what {@code out} writes to, for an answer that is bytes
     */
    static int run(OutputStream answer, PrintWriter out, PrintWriter err, String... words) {
        List<String> all = List.of(words);
        int dashes = all.stream().anyMatch(BOOTING::contains) ? all.indexOf("--") : -1;
        List<String> own = dashes < 0 ? all : all.subList(0, dashes);
        List<String> qemu = dashes < 0 ? List.of() : all.subList(dashes + 1, all.size());
        CommandLine line = new CommandLine(new KdiveVerb(answer, qemu));
        Map<String, Class<?>> verbs = verbs(own);
        verbs.forEach(line::addSubcommand);
        if (verbs.size() == 1 && !verbs.containsKey("image")) {
            warmUp();
        }
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Complaints::ofUsage);
        line.setExecutionExceptionHandler(Complaints::ofExecution);
        try {
            return line.execute(own.toArray(String[]::new));
        } catch (OutOfMemoryError e) {
            err.println("kdive: more than fits into memory; KDIVE_JVM=-Xmx8g allows 8 GiB of it");
            return ExitStatus.UNUSABLE;
        }
    }

    /** The one that is asked for, if it is: reading the annotations of all costs a tenth of a second at each start. */
    private static Map<String, Class<?>> verbs(List<String> words) {
        String first =
                words.stream().filter(word -> !word.startsWith("-")).findFirst().orElse("");
        Class<?> asked = VERBS.get(first);
        return asked == null ? VERBS : Map.of(first, asked);
    }

    /** What talks to QEMU is loaded while the command line and the kernel are read. */
    private static void warmUp() {
        Thread thread = new Thread(
                () -> {
                    try {
                        QmpClient.warmUp();
                        RspClient.warmUp();
                    } catch (RuntimeException e) {
                        // it fails again where it is needed, and is told there
                        System.getLogger("cli").log(System.Logger.Level.DEBUG, "warm-up", e);
                    }
                },
                "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    /** Tells the launcher that the class archive the virtual machine writes at this exit comes from a run that went well. */
    private static void keepArchive(int status) {
        @Nullable String archive = System.getProperty("kdive.archive"); // null unless this run makes one
        if (archive == null || status != ExitStatus.WELL) {
            return;
        }
        try {
            Files.createFile(Path.of(archive + ".ok"));
        } catch (IOException e) {
            // Only the next start's speed is lost, and there is nobody who could do something about it.
            System.getLogger("cli").log(System.Logger.Level.DEBUG, "class archive", e);
        }
    }
}
