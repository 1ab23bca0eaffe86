package org.kdive.session;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kdive.bench.Figures;
import org.kdive.gdb.DebugVmlinux;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Machine;

/**
 * A rewind to a prompt that is true, beside QEMU's own load of the same snapshot in the same run, the same by hand in gdb, and
 * a reboot to the same place: a main, which prints the ratios. What a prompt shows is read each time: registers, the stack, the
 * code.
 */
final class RewindBench {
    private static final int RUNS = 15;
    private static final Duration A_FIFTH = Duration.ofMillis(200);
    private static final String PLACE = "do_sys_openat2";

    private RewindBench() {}

    public static void main(String[] words) throws IOException, InterruptedException {
        double[] rewinds = new double[RUNS];
        double[] loads = new double[RUNS];
        double probes;
        double reboot;
        try (Guest guest = Guest.boot(2)) {
            reboot = Figures.seconds(() -> guest.bootedTo(PLACE));
            Checkpoint here = guest.on(() -> guest.session.checkpoints().take("bench", "", () -> {}));
            for (int i = -2; i < RUNS; i++) { // two to warm up
                guest.runFor(A_FIFTH);
                double rewind = Figures.seconds(() -> guest.on(() -> {
                    Stop stop = guest.session.checkpoints().rewind(here);
                    return stop.calls(20).frames().size()
                            + stop.registers().pc()
                            + stop.code(stop.pc(), 4).size();
                }));
                guest.runFor(A_FIFTH);
                double load = Figures.seconds(
                        () -> guest.on(() -> guest.session.hypervisor().monitor("loadvm bench")));
                guest.on(() -> guest.session.checkpoints().rewind(here));
                if (i >= 0) {
                    rewinds[i] = rewind;
                    loads[i] = load;
                }
            }
            probes = probes(guest, here);
        }
        double rewind = Figures.median(rewinds);
        double byHand = Figures.median(gdb());
        System.out.printf("rewind to a true prompt:           %.3f s (median of %d)%n", rewind, RUNS);
        System.out.printf("QEMU's loadvm alone:               %.3f s%n", Figures.median(loads));
        System.out.printf("gdb, loadvm and flush by hand:     %.3f s%n", byHand);
        System.out.printf("a reboot to the same place:        %.3f s%n", reboot);
        System.out.printf("100 probes from one checkpoint:    %.1f s (goal 20 at most)%n", probes);
        System.out.printf(
                "rewind / loadvm %.2f (goal 1.5 at most), gdb / rewind %.1f, reboot / rewind %.0f%n",
                rewind / Figures.median(loads), byHand / rewind, reboot / rewind);
    }

    // go back, set something, run to a breakpoint, read a value
    private static double probes(Guest guest, Checkpoint here) {
        return Figures.seconds(() -> {
            for (int i = 0; i < 100; i++) {
                long wanted = i;
                guest.on(() -> {
                    guest.session.checkpoints().rewind(here);
                    return guest.session
                            .evaluate("*(int *)&panic_timeout = " + wanted)
                            .bits();
                });
                guest.bootedTo("getname_flags");
                long read = guest.evaluate("*(int *)&panic_timeout");
                if (read != wanted) {
                    throw new AssertionError("probe %d read %d".formatted(wanted, read));
                }
            }
        });
    }

    /** Seconds of each: what a rewind shows, through gdb's monitor command, on a guest of the same kind. */
    private static double[] gdb() throws IOException, InterruptedException {
        BootPlan plan = BootRequest.of("debian")
                .withAppend(List.of("nokaslr"))
                .withCpus(2)
                .plan(Progress.silent());
        Path script = Files.createTempFile("kdive-rewind", ".gdb");
        try (Machine machine = Machine.boot(plan.spec(), Duration.ofSeconds(30))) {
            Path socket = ((UnixDomainSocketAddress) machine.gdb()).getPath();
            Stream<String> once = Stream.of(
                    "echo @begin\\n",
                    "monitor loadvm bench",
                    "maint flush register-cache",
                    "bt 20",
                    "x/4i $pc",
                    "echo @end\\n");
            List<String> lines = new ArrayList<>(List.of(
                    "set pagination off",
                    "target remote " + socket,
                    "hbreak " + PLACE,
                    "continue",
                    "delete",
                    "monitor savevm bench"));
            List<String> each = once.toList();
            for (int i = 0; i < RUNS; i++) {
                lines.addAll(each);
            }
            Files.write(script, lines);
            return timed(List.of(
                    "gdb",
                    "-nx",
                    "-batch",
                    "-x",
                    script.toString(),
                    DebugVmlinux.fetch().file().toString()));
        } finally {
            Files.delete(script);
        }
    }

    private static double[] timed(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<Double> seconds = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            long begun = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("@begin")) {
                    begun = System.nanoTime();
                } else if (line.equals("@end")) {
                    seconds.add((System.nanoTime() - begun) / 1e9);
                }
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
        return seconds.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
