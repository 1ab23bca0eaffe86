package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Packing and unpacking 100 MB, or as many as the first word says, of this machine's own libraries beside
 * {@code find | cpio -o -H newc | gzip -9} and {@code gzip -d | cpio -id}. Interleaved, medians of three; the first round
 * of ours is a cold virtual machine's.
 */
public final class ArchiveBench {
    private static final int ROUNDS = 3;
    private static final long MEGABYTE = 1_000_000;
    private static final long MAX_FILE_BYTES = 8_000_000;

    private final Path work;
    private final Path tree;

    private ArchiveBench(Path work) throws IOException {
        this.work = work;
        this.tree = Files.createDirectory(work.resolve("tree"));
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("kdive-bench");
        try {
            new ArchiveBench(work).run(words.length == 0 ? 100 : Integer.parseInt(words[0]));
        } finally {
            delete(work);
        }
    }

    private void run(int megabytes) throws IOException, InterruptedException {
        fill(megabytes * MEGABYTE);
        double[][] seconds = new double[4][ROUNDS];
        Path ours = work.resolve("ours.gz");
        Path theirs = work.resolve("theirs.gz");
        for (int i = 0; i < ROUNDS; i++) {
            seconds[0][i] =
                    seconds(() -> new InitramfsWriter(Compression.GZIP).write(DirectoryPacker.tree(tree, false), ours));
            seconds[1][i] = seconds(() -> shell("cd tree && find . | cpio -o -H newc --quiet | gzip -9 >../theirs.gz"));
            delete(work.resolve("out"));
            seconds[2][i] = seconds(() -> new Unpacker().unpack(ours, work.resolve("out")));
            delete(work.resolve("out"));
            seconds[3][i] = seconds(() -> shell("mkdir out && cd out && gzip -dc ../theirs.gz | cpio -id --quiet"));
        }
        tell("pack", seconds[0], "cpio | gzip -9", seconds[1]);
        tell("unpack", seconds[2], "gzip -d | cpio -id", seconds[3]);
        System.out.printf(
                Locale.ROOT,
                "size: %,d bytes beside %,d: %.3f times%n",
                Files.size(ours),
                Files.size(theirs),
                (double) Files.size(ours) / Files.size(theirs));
    }

    private static void tell(String what, double[] ours, String peer, double[] theirs) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.2f s (first %.2f s) beside %.2f s of %s: %.2f times%n",
                what,
                median(ours),
                ours[0],
                median(theirs),
                peer,
                median(ours) / median(theirs));
    }

    private void fill(long treeBytes) throws IOException {
        long total = 0;
        try (Stream<Path> files = Files.walk(Path.of("/usr/lib"))) {
            List<Path> candidates = files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
            for (int i = 0; i < candidates.size() && total < treeBytes; i++) {
                Path file = candidates.get(i);
                if (Files.isReadable(file) && Files.size(file) <= MAX_FILE_BYTES) {
                    Path directory = Files.createDirectories(tree.resolve(String.valueOf(i / 100)));
                    Files.copy(file, directory.resolve(String.valueOf(i)));
                    total += Files.size(file);
                }
            }
        }
        System.out.printf(Locale.ROOT, "a tree of %,d bytes%n", total);
    }

    private void shell(String line) throws IOException, InterruptedException {
        int status = new ProcessBuilder("sh", "-c", line)
                .directory(work.toFile())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(line + ": exit status " + status);
        }
    }

    private static double seconds(Work work) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        work.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void delete(Path top) throws IOException {
        if (!Files.exists(top)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(top)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
