package org.kdive.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.kdive.cli.KdiveProcess;

/** kdive is killed at a random moment of its life, all of it: no QEMU outlives it, and what it leaves the next one removes. */
final class KdiveKills {
    private static final Duration STARTING = Duration.ofMillis(2500);
    private static final Duration WORKING = Duration.ofMillis(1500);
    private static final Duration GONE = Duration.ofSeconds(10);

    private static final String WORK = """
            echo working\\n
            checkpoint a
            while 1
            stepi 100
            checkpoint b
            dump memory DIR/memory 0 +0x100000
            dump guest DIR/core
            continue &
            interrupt
            rewind a
            checkpoint delete b
            end
            """;

    private final Path directory;
    private final SplittableRandom random;
    private int done;
    private int working;
    private int left;

    KdiveKills(Path directory, long seed) {
        this.directory = directory;
        this.random = new SplittableRandom(seed);
    }

    String told() {
        return "%d were at work, %d left a directory, which the next one removed".formatted(working, left);
    }

    void rounds(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            boolean atWork = done++ % 2 == 1;
            Duration delay = Duration.ofNanos(random.nextLong((atWork ? WORKING : STARTING).toNanos()));
            try {
                round(atWork, delay);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "killed after %d ms of %s: %s"
                                .formatted(delay.toMillis(), atWork ? "work" : "life", e.getMessage()),
                        e);
            }
        }
    }

    private void round(boolean atWork, Duration delay) throws Exception {
        Path home = Files.createDirectories(directory.resolve("killed"));
        Path script = Files.writeString(home.resolve("work.kdive"), WORK.replace("DIR", home.toString()));
        try (KdiveProcess kdive = KdiveProcess.start(
                home, "run", script.toString(), "--kernel", "debian", "--memory", "64M", "--initrd", "none")) {
            if (atWork) {
                kdive.awaitOut("working\n");
            }
            LockSupport.parkNanos(delay.toNanos());
            kdive.signal("KILL");
            long end = System.nanoTime() + GONE.toNanos();
            while (!orphans(home).isEmpty()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("orphans: " + orphans(home));
                }
                LockSupport.parkNanos(5_000_000);
            }
            working += kdive.out().contains("working") ? 1 : 0;
            requireWhole(home.resolve("core"), 64 << 20);
            requireWhole(home.resolve("memory"), 1 << 20);
        }
        if (!isEmpty(home.resolve("run"))) {
            left++;
            requireNextCleans(home);
        }
        Rig.remove(home);
    }

    // by the run directory, which is in the command line of QEMU and of its supervisor
    private static List<String> orphans(Path home) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(one -> one.getFileName().toString().matches("\\d+"))
                    .map(KdiveKills::words)
                    .filter(words -> words.contains(home.resolve("run") + "/kdive-"))
                    .toList();
        }
    }

    private static String words(Path process) {
        try {
            return process.getFileName() + " "
                    + Files.readString(process.resolve("cmdline")).replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    private static void requireWhole(Path file, long bytes) throws IOException {
        if (Files.exists(file) && Files.size(file) < bytes) {
            throw new AssertionError("%s has %d bytes".formatted(file, Files.size(file)));
        }
    }

    private static boolean isEmpty(Path run) throws IOException {
        if (!Files.exists(run)) {
            return true;
        }
        try (Stream<Path> all = Files.list(run)) {
            return all.findAny().isEmpty();
        }
    }

    private void requireNextCleans(Path home) throws Exception {
        Path script = Files.writeString(home.resolve("next.kdive"), "info registers\n");
        try (KdiveProcess next = KdiveProcess.start(home, "run", script.toString(), "--kernel", "debian")) {
            int status = next.end(); // which looks for leftovers
            if (status != 0) {
                throw new AssertionError("the next one ended with %d: %s".formatted(status, next.err()));
            }
        }
    }
}
