package org.kdive.images.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.disk.DiskImage;
import org.kdive.images.fetch.DebPackages;
import org.kdive.images.initramfs.InitramfsArchive;
import org.kdive.images.initramfs.InitramfsList;
import org.kdive.images.initramfs.Unpacker;

/** Archives, lists, disks and packages. */
final class RootReaders {
    private static final long LIMIT_BYTES = 4 << 20;

    private RootReaders() {}

    private interface Work {
        void run(Path directory) throws IOException;
    }

    static void archive(byte[] input) {
        InitramfsArchive.read(Bytes.of("archive", input), LIMIT_BYTES).tree();
    }

    /** All of it or nothing, and nothing beside it. */
    static void unpack(byte[] input) {
        inDirectory(directory -> {
            Path archive = Files.write(directory.resolve("archive"), input);
            Path target = directory.resolve("target");
            try {
                new Unpacker(LIMIT_BYTES).unpack(archive, target);
            } catch (ImageException e) {
                requireFiles(directory, List.of(archive));
                throw e;
            }
            requireFiles(directory, List.of(archive, target));
        });
    }

    private static void requireFiles(Path directory, List<Path> expected) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.sorted().toList();
            if (!found.equals(expected)) {
                throw new AssertionError("left behind: " + found);
            }
        }
    }

    static void list(byte[] input) {
        InitramfsList.parse(
                "list",
                new String(input, StandardCharsets.ISO_8859_1),
                Path.of(System.getProperty("java.io.tmpdir")),
                Map.of("V", "nothing"));
    }

    static void disk(byte[] input) {
        inDirectory(directory -> DiskImage.read(Files.write(directory.resolve("disk"), input)));
    }

    static void deb(byte[] input) {
        inDirectory(directory -> DebPackages.readAll(Files.write(directory.resolve("p.deb"), input), LIMIT_BYTES));
    }

    static void module(byte[] input) {
        try {
            DebPackages.readModule(input);
        } catch (IOException expected) {
            // Whoever takes a package apart reports it with the package's name.
        }
    }

    private static void inDirectory(Work work) {
        try {
            Path directory = Files.createTempDirectory("fuzz");
            try {
                work.run(directory);
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> walk = Files.walk(tree)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
