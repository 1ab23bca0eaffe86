package org.kdive.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.kdive.gdb.DebugVmlinux;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Machine;
import org.kdive.session.BootPlan;
import org.kdive.session.BootRequest;

/**
 * What one does at a stop, with kdive and with gdb and the debug vmlinux, each on its own guest of the same kind (stock
 * Debian cloud kernel, nokaslr, one vCPU, 512 MB): the same script for both. First print of a struct with the resident memory
 * after it, 256 MiB dumped, 8 bytes read at 5000 places, 2000 single steps, 200 backtraces, completion of symbols.
 *
 * <p>Argument: the number of rounds; 3 if absent. Medians are printed.
 */
final class LookingBench {
    private static final String PLACE = "vfs_open"; // reached when the first program is loaded
    private static final int READS = 5000;
    private static final int STEPS = 2000;
    private static final int BACKTRACES = 200;

    private static final String SCRIPT =
            """
            echo @stopped\\n
            print init_task
            echo @print\\n
            dump binary memory DUMP 0xffff888001000000 0xffff888011000000
            echo @dump\\n
            set $i = 0
            set $a = 12345
            set $s = 0
            while $i < READS
              set $a = ($a * 1103515245 + 12345) & 0x7fffffff
              set $s = $s + *(unsigned long *)(0xffff888001000000 + ($a & 0xffffff8))
              set $i = $i + 1
            end
            echo @reads\\n
            set $i = 0
            while $i < BACKTRACES
              stepi
              set $i = $i + 1
            end
            echo @firststeps\\n
            set $i = 0
            while $i < STEPS
              stepi
              set $i = $i + 1
            end
            echo @steps\\n
            set $i = 0
            while $i < BACKTRACES
              stepi
              bt
              set $i = $i + 1
            end
            echo @backtraces\\n
            complete break vfs_re
            echo @complete1\\n
            complete break tcp_
            complete break __se_sys_s
            complete break mem
            echo @complete3\\n
            """.replace("READS", "" + READS).replace("STEPS", "" + STEPS).replace("BACKTRACES", "" + BACKTRACES);

    private final Path work;
    private final DebugVmlinux vmlinux = DebugVmlinux.fetch();
    private final Map<String, List<Double>> kdive = new LinkedHashMap<>();
    private final Map<String, List<Double>> gdb = new LinkedHashMap<>();

    private LookingBench(Path work) {
        this.work = work;
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("kdive-bench");
        try {
            LookingBench bench = new LookingBench(work);
            int rounds = words.length > 0 ? Integer.parseInt(words[0]) : 3;
            for (int i = 0; i < rounds; i++) {
                bench.kdive();
                bench.gdb();
            }
            bench.report();
        } finally {
            try (var tree = Files.walk(work)) {
                for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private String script() {
        return SCRIPT.replace("DUMP", work.resolve("dump").toString());
    }

    private void kdive() throws IOException, InterruptedException {
        Path here = Path.of("").toAbsolutePath();
        Path launcher = (Files.exists(here.resolve("kdive")) ? here : here.getParent()).resolve("kdive");
        Path script =
                Files.writeString(work.resolve("look.kdive"), "tbreak %s\ncontinue\n%s".formatted(PLACE, script()));
        timed(
                List.of(launcher.toString(), "run", script.toString(), "--kernel", "debian", "--append", "nokaslr"),
                kdive);
    }

    private void gdb() throws IOException, InterruptedException {
        try (Machine machine = Machine.boot(plan().spec(), Duration.ofSeconds(30))) {
            Path socket = ((UnixDomainSocketAddress) machine.gdb()).getPath();
            String begin = "set pagination off\nset confirm off\ntarget remote %s\nhbreak %s\ncontinue\ndelete\n"
                    .formatted(socket, PLACE);
            Path script = Files.writeString(work.resolve("look.gdb"), begin + script());
            timed(
                    List.of(
                            "gdb",
                            "-nx",
                            "-batch",
                            "-x",
                            script.toString(),
                            vmlinux.file().toString()),
                    gdb);
        }
    }

    private static BootPlan plan() {
        return BootRequest.of("debian")
                .withAppend(List.of("nokaslr"))
                .withCpus(1)
                .plan(Progress.silent());
    }

    /** Seconds between the marks, and MiB resident after the first print. */
    private void timed(List<String> command, Map<String, List<Double>> into) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(work.toFile())
                .start();
        StringBuilder talk = new StringBuilder();
        boolean through = false;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            long last = System.nanoTime();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (talk.length() < 4000) {
                    talk.append(line).append('\n');
                }
                if (line.startsWith("@")) {
                    long now = System.nanoTime();
                    into.computeIfAbsent(line.strip(), key -> new ArrayList<>()).add((now - last) / 1e9);
                    last = now;
                    if (line.startsWith("@print")) {
                        into.computeIfAbsent("MiB", key -> new ArrayList<>()).add(residentMiB(process.pid()));
                    }
                    through = line.startsWith("@complete3");
                }
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
        if (!through) {
            throw new IllegalStateException(command + " did not get through:\n" + talk);
        }
    }

    private static double residentMiB(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return Double.NaN;
    }

    private void report() {
        row("first print of a struct", "@print", "s", "goal 0.1 at most", false);
        row("resident after it", "MiB", "MiB", "goal kdive < 150", false);
        row("256 MiB dumped", "@dump", "s", "goal 20 times as fast", true);
        row("8 bytes read, x" + READS, "@reads", "s", "goal as fast", true);
        row("the first steps, x" + BACKTRACES, "@firststeps", "s", "code that has never run", true);
        row("step, x" + STEPS, "@steps", "s", "goal 1.5 times as fast", true);
        alone(kdive);
        alone(gdb);
        row("backtrace alone, x" + BACKTRACES, "alone", "s", "goal 5 times as fast", true);
        row("first completion of symbols", "@complete1", "s", "goal 0.05 s", true);
        row("three more", "@complete3", "s", "goal 0.05 s each", true);
    }

    /** A debugger keeps the frames of a stop, so that there is a step before each backtrace, and its time is taken off. */
    private static void alone(Map<String, List<Double>> seconds) {
        List<Double> steps = seconds.getOrDefault("@steps", List.of());
        List<Double> both = seconds.getOrDefault("@backtraces", List.of());
        seconds.put(
                "alone",
                IntStream.range(0, both.size())
                        .mapToObj(i -> both.get(i) - steps.get(i) * BACKTRACES / STEPS)
                        .toList());
    }

    private void row(String what, String mark, String unit, String goal, boolean faster) {
        double ours = median(kdive.getOrDefault(mark, List.of()));
        double theirs = median(gdb.getOrDefault(mark, List.of()));
        System.out.printf(
                "%-30s kdive %8.3f %s  gdb %8.3f %s  %s %.2f (%s)%n",
                what,
                ours,
                unit,
                theirs,
                unit,
                faster ? "gdb/kdive" : "kdive/gdb",
                faster ? theirs / ours : ours / theirs,
                goal);
    }

    private static double median(List<Double> values) {
        return Figures.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
