package org.kdive.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What goes wrong around kdive, on purpose and by the hundred: a main. {@code --qemu-kills N --kdive-kills N --sleep-seconds N
 * --hardships N --stub-faults N --seed N}; a kind that is not named is left out, and without words each is done as often as was promised.
 * FaultsIT does a few of each.
 */
final class FaultSoak {
    private final List<String> words;
    private final Path directory;
    private final long seed;

    private FaultSoak(List<String> words, Path directory) {
        this.words = words;
        this.directory = directory;
        this.seed = option("--seed", 1);
    }

    public static void main(String[] words) throws Exception {
        Path directory = Files.createTempDirectory("kdive-faults");
        try {
            new FaultSoak(Arrays.asList(words), directory).run();
        } finally {
            Rig.remove(directory);
        }
    }

    private int option(String name, int otherwise) {
        int at = words.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(words.get(at + 1));
    }

    private int count(String name, int otherwise) {
        return option(
                name, words.stream().anyMatch(word -> word.startsWith("--") && !word.equals("--seed")) ? 0 : otherwise);
    }

    private void run() throws Exception {
        System.out.println("seed " + seed);
        qemuKills(count("--qemu-kills", 200));
        kdiveKills(count("--kdive-kills", 100));
        sleeps(count("--sleep-seconds", 30));
        hardships(count("--hardships", 20));
        stubFaults(count("--stub-faults", 200));
    }

    private void qemuKills(int count) throws Exception {
        if (count == 0) {
            return;
        }
        try (QemuKills kills = new QemuKills(directory, seed)) {
            new Soaked("QEMU killed", count).run(kills::rounds);
            System.out.println("    " + kills.told());
        }
    }

    private void kdiveKills(int count) throws Exception {
        if (count > 0) {
            KdiveKills kills = new KdiveKills(directory, seed);
            new Soaked("kdive killed", count).run(kills::rounds);
            System.out.println("    " + kills.told());
        }
    }

    private void stubFaults(int count) throws Exception {
        if (count > 0) {
            try (StubFaults faults = new StubFaults(directory, seed)) {
                new Soaked("a stub that misbehaves", count).run(faults::rounds);
                System.out.println("    " + faults.told());
            }
        }
    }

    private void sleeps(int seconds) throws Exception {
        if (seconds > 0) {
            try (Sleeps sleeps = new Sleeps(directory)) {
                sleeps.kdiveSleeps(Duration.ofSeconds(seconds));
                System.out.printf("kdive slept for %d s%n", seconds);
                sleeps.qemuSleeps(Duration.ofSeconds(seconds));
                System.out.printf("QEMU slept for %d s, at each of six lines%n", seconds);
            }
        }
    }

    private void hardships(int count) throws Exception {
        if (count > 0) {
            new Soaked("full disk, no run directory, two kdives", count).run(this::hardshipRounds);
            Path work = Files.createDirectories(directory.resolve("events"));
            new Hardships(work, seed).eventsByTheTenThousand(Duration.ofSeconds(30));
            System.out.println("10 000 events a second for 30 s: all answers were right, nothing piled up");
        }
    }

    private void hardshipRounds(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            Path work = Files.createDirectories(directory.resolve("hard"));
            Hardships hardships = new Hardships(work, seed + i);
            hardships.theDiskIsFull("qemu-system-x86_64");
            hardships.theRunDirectoryIsGone();
            hardships.twoKdivesOnOneGuest();
            Rig.remove(work);
        }
    }
}
