package org.kdive.images.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

/**
 * Unpacks a kernel once. What came out is a file, named by the sums of what went in, and is mapped the next time: a tenth of
 * the time, and of the memory what is looked at. Whoever could forge a file here owns the user's account. Any thread.
 */
public final class KeptKernels implements Unpacking {
    private static final int KEPT = 8; // the youngest; each takes what a kernel takes unpacked, some 60 MB
    private static final int WORTH_KEEPING_BYTES = 1 << 20; // packed; a kernel's configuration is less
    private static final String SUFFIX = ".vmlinux";

    private final Path directory;

    /** The directory is made when a kernel is kept. */
    public KeptKernels(Path directory) {
        this.directory = directory;
    }

    @Override
    public Bytes unpack(Compression compression, Bytes packed, OptionalLong declaredSize) {
        if (packed.size() < WORTH_KEEPING_BYTES) {
            return Decompressor.unpack(compression, packed, declaredSize);
        }
        Path file = directory.resolve(key(packed) + SUFFIX);
        String name = packed.source() + " (unpacked)";
        try {
            if (isThere(file, declaredSize)) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                return Bytes.mapped(file, Decompressor.LIMIT_BYTES).named(name);
            }
        } catch (IOException | ImageException e) {
            // another kdive has made room meanwhile
        }
        Bytes kernel = Decompressor.unpack(compression, packed, declaredSize);
        try {
            keep(file, kernel);
            return Bytes.mapped(file, Decompressor.LIMIT_BYTES).named(name);
        } catch (IOException | ImageException e) {
            return kernel; // no room, or no right to write: it only takes longer
        }
    }

    private static boolean isThere(Path file, OptionalLong declaredSize) throws IOException {
        return Files.isRegularFile(file) && (declaredSize.isEmpty() || declaredSize.getAsLong() == Files.size(file));
    }

    private static String key(Bytes packed) {
        return "%d-%08x%08x".formatted(packed.size(), sum(new CRC32(), packed), sum(new CRC32C(), packed));
    }

    private static long sum(Checksum sum, Bytes packed) {
        sum.update(packed.array(), packed.arrayStart(), packed.size());
        return sum.getValue();
    }

    private void keep(Path file, Bytes kernel) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        makeRoom();
        Path unfinished = directory.resolve(UUID.randomUUID() + ".part");
        try {
            Files.write(unfinished, kernel.array());
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private void makeRoom() throws IOException {
        record Kept(Path file, FileTime used) {}
        List<Kept> kept = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                kept.add(new Kept(file, Files.getLastModifiedTime(file)));
            }
        }
        kept.sort((a, b) -> b.used().compareTo(a.used()));
        for (Kept old : kept.subList(Math.min(KEPT - 1, kept.size()), kept.size())) {
            Files.deleteIfExists(old.file()); // who has it mapped keeps it
        }
    }
}
