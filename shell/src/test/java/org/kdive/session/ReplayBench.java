package org.kdive.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.bench.Figures;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Recording;

/**
 * What a recording costs, a boot to its shell with and without, interleaved; and a step back in its replay at three
 * distances, come to by running forwards and by going there, with what follows a step: the next one. A main; its word is the
 * kernel.
 */
final class ReplayBench {
    private static final int BOOTS = 3;
    private static final int STEPS = 7;
    private static final double GOAL_SECONDS = 1;

    private final String kernel;
    private final Path work;
    private double worst;

    private ReplayBench(String kernel, Path work) {
        this.kernel = kernel;
        this.work = work;
    }

    public static void main(String[] words) throws IOException {
        Path work = Files.createTempDirectory("kdive-bench");
        try {
            new ReplayBench(words.length > 0 ? words[0] : "debian", work).run();
        } finally {
            try (var tree = Files.walk(work)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private void run() throws IOException {
        double[] plain = new double[BOOTS];
        double[] recorded = new double[BOOTS];
        for (int i = 0; i < BOOTS; i++) {
            plain[i] = boot(null);
            recorded[i] = boot(work.resolve("run" + i));
        }
        Path recording = work.resolve("run" + (BOOTS - 1));
        System.out.printf(
                "%s to its shell: %.2f s, recorded %.2f s (medians of %d)%n",
                kernel, Figures.median(plain), Figures.median(recorded), BOOTS);
        System.out.printf("recorded / plain: %.2f%n", Figures.median(recorded) / Figures.median(plain));
        System.out.printf("log of the run: %.1f MB%n", Files.size(recording.resolve("log")) / 1e6);
        replay(recording);
        System.out.printf("the slowest step back: %.2f s (goal %.0f at most)%n", worst, GOAL_SECONDS);
    }

    /** Seconds from QEMU's start to the shell's prompt; then a little more is recorded. */
    private double boot(@Nullable Path into) {
        BootPlan plain = BootRequest.of(kernel).withCpus(1).plan(Progress.silent());
        BootPlan plan = into == null
                ? plain
                : new BootPlan(plain.spec().with(Recording.into(into)), plain.architecture(), true, plain.kernel());
        try (Guest guest = Guest.idle()) {
            return Figures.seconds(() -> {
                guest.on(() -> guest.session.boot(plan));
                guest.on(guest.session::resume);
                expect(guest, "/ # ");
            });
        }
    }

    private static void expect(Guest guest, String what) {
        guest.on(() -> guest.session.expectations().console(Pattern.compile(what), Guest.PATIENCE));
    }

    private void replay(Path recording) {
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(BootPlan.replay(recording, null, null, Progress.silent())));
            History history = guest.session.history();
            long end = guest.on(() -> history.total().orElseThrow()) - 1;
            guest.bootedTo("start_kernel");
            steps(guest, "in start_kernel, run to");
            double toEnd = Figures.seconds(() -> {
                Stop stop = guest.run(guest.session::resume);
                assert stop.cause().equals(new Cause.NoMoreHistory(true));
            });
            System.out.printf("from there to the end: %.1f s%n", toEnd);
            steps(guest, "at the end, run to");
            for (double part : new double[] {0.25, 0.5, 0.75}) {
                go(guest, (long) (end * part));
                steps(guest, "at %.0f%%, gone to".formatted(part * 100));
            }
        }
    }

    private static void go(Guest guest, long instruction) {
        double took =
                Figures.seconds(() -> guest.on(() -> guest.session.history().goTo(instruction)));
        System.out.printf("goto %d: %.2f s%n", instruction, took);
    }

    private void steps(Guest guest, String where) {
        long from = guest.on(() -> guest.session.history().now("when"));
        double[] took = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            took[i] =
                    Figures.seconds(() -> guest.on(() -> guest.session.history().stepBack(1)));
        }
        long now = guest.on(() -> guest.session.history().now("when"));
        if (now != from - STEPS) {
            throw new AssertionError("%d steps back from %d are at %d".formatted(STEPS, from, now));
        }
        worst = Math.max(worst, Arrays.stream(took).max().orElseThrow());
        System.out.printf(
                "step back %-28s instruction %11d: first %.2f s, median %.2f s, last %.2f s%n",
                where, from, took[0], Figures.median(took), took[STEPS - 1]);
    }
}
