package org.kdive.session;

import java.time.Duration;
import org.kdive.bench.Figures;

/**
 * A rewind to a prompt that is true, beside QEMU's own load of the same snapshot in the same run: a main, which prints the
 * ratio. What a prompt shows is read each time: registers, the stack, the code, tasks of another thread than the first.
 */
final class RewindBench {
    private static final int RUNS = 15;
    private static final Duration A_FIFTH = Duration.ofMillis(200);

    private RewindBench() {}

    public static void main(String[] words) {
        try (Guest guest = Guest.boot(2)) {
            guest.bootedTo("do_sys_openat2");
            Checkpoint here = guest.on(() -> guest.session.checkpoints().take("bench", "", () -> {}));
            double[] rewinds = new double[RUNS];
            double[] loads = new double[RUNS];
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
            System.out.printf("rewind to a true prompt: %.3f s (median of %d)%n", Figures.median(rewinds), RUNS);
            System.out.printf("QEMU's loadvm alone:     %.3f s%n", Figures.median(loads));
            System.out.printf("100 probes from one checkpoint: %.1f s (goal 20 at most)%n", probes(guest, here));
            System.out.printf(
                    "rewind / loadvm: %.2f (goal 1.5 at most)%n", Figures.median(rewinds) / Figures.median(loads));
        }
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
}
