package org.kdive.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Faults by the hundred: a main. {@code --qemu-kills N --seed N}; a kind that is not named is left
 * out, and with no words at all each is done as often as is told in the issue that asked for it.
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
}
