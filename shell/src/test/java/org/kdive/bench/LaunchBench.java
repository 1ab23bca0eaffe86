package org.kdive.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.kdive.gdb.DebugVmlinux;
import org.kdive.images.fetch.FetchedKernel;

/**
 * Launch to a stop in start_kernel: kdive on the stock kernel with KASLR, gdb with the debug vmlinux and nokaslr, and QEMU
 * alone up to its kernel's first words. And a cold prompt with nothing booted. Interleaved, medians of five.
 */
public final class LaunchBench {
    private static final int RUNS = 5;

    private final Path home = home();
    private final Path work;
    private final FetchedKernel kernel;
    private final Path vmlinux;

    private LaunchBench(Path work) {
        this.work = work;
        DebugVmlinux debug = DebugVmlinux.fetch();
        this.kernel = debug.kernel();
        this.vmlinux = debug.file();
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("kdive-bench");
        try {
            new LaunchBench(work).run();
        } finally {
            try (var tree = Files.walk(work)) {
                for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private void run() throws IOException, InterruptedException {
        Path script = Files.writeString(work.resolve("stop.kdive"), "tbreak start_kernel\ncontinue\n");
        List<String> kdive = List.of(home.resolve("kdive").toString(), "run", script.toString(), "--kernel", "debian");
        until("Temporary breakpoint 1, ", kdive); // builds, and makes the class archive
        double[][] seconds = new double[4][RUNS];
        for (int i = 0; i < RUNS; i++) {
            seconds[0][i] = until("Temporary breakpoint 1, ", kdive);
            seconds[1][i] = gdb(i);
            seconds[2][i] = qemuAlone();
            seconds[3][i] = until(
                    "(kdive) ", List.of("script", "-qc", home.resolve("kdive").toString(), "/dev/null"));
        }
        double kdiveMedian = Figures.median(seconds[0]);
        System.out.printf("kdive, KASLR on, stock image:        %.3f s  %s%n", kdiveMedian, spread(seconds[0]));
        System.out.printf(
                "gdb, nokaslr, debug vmlinux:         %.3f s  %s%n", Figures.median(seconds[1]), spread(seconds[1]));
        System.out.printf(
                "QEMU alone to the kernel's banner:   %.3f s  %s%n", Figures.median(seconds[2]), spread(seconds[2]));
        System.out.printf(
                "cold prompt, nothing booted:         %.3f s  %s%n", Figures.median(seconds[3]), spread(seconds[3]));
        System.out.printf("kdive / gdb: %.2f (goal 0.6 at most)%n", kdiveMedian / Figures.median(seconds[1]));
        System.out.printf("kdive / QEMU alone: %.2f%n", kdiveMedian / Figures.median(seconds[2]));
    }

    private double gdb(int run) throws IOException, InterruptedException {
        Path socket = work.resolve("gdb" + run);
        long begun = System.nanoTime();
        Process qemu = start(qemu(
                "nokaslr console=ttyS0", "-S", "-serial", "null", "-gdb", "unix:" + socket + ",server=on,wait=off"));
        try {
            while (!Files.exists(socket)) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
            List<String> gdb = List.of(
                    "gdb",
                    "-nx",
                    "-batch",
                    "-ex",
                    "target remote " + socket,
                    "-ex",
                    "hbreak start_kernel",
                    "-ex",
                    "continue",
                    vmlinux.toString());
            return until("Breakpoint 1, ", gdb, begun);
        } finally {
            qemu.destroyForcibly().waitFor();
        }
    }

    private double qemuAlone() throws IOException, InterruptedException {
        List<String> command = qemu("console=ttyS0 earlyprintk=ttyS0", "-serial", "stdio");
        return until("Linux version", command, System.nanoTime());
    }

    private List<String> qemu(String append, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-accel",
                "tcg",
                "-m",
                "512M",
                "-kernel",
                kernel.kernel().toString(),
                "-append",
                append));
        words.addAll(Arrays.asList(more));
        return words;
    }

    private double until(String text, List<String> command) throws IOException, InterruptedException {
        return until(text, command, System.nanoTime());
    }

    /** Seconds from {@code begun} until the command writes the text; then the command is ended. */
    private double until(String text, List<String> command, long begun) throws IOException, InterruptedException {
        Process process = start(command);
        StringBuilder said = new StringBuilder();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int c;
            while ((c = out.read()) >= 0) {
                said.append((char) c);
                if (c == text.charAt(text.length() - 1) && said.indexOf(text, Math.max(0, said.length() - 200)) >= 0) {
                    return (System.nanoTime() - begun) / 1e9;
                }
            }
            throw new IllegalStateException(command + " ended without \"" + text + "\": " + said);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private Process start(List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(work.toFile());
        builder.environment().putAll(Map.of("TERM", "xterm", "LC_ALL", "C.UTF-8"));
        return builder.start();
    }

    private static Path home() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("kdive")) ? here : here.getParent();
    }

    private static String spread(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return "(%.3f to %.3f)".formatted(sorted[0], sorted[sorted.length - 1]);
    }
}
