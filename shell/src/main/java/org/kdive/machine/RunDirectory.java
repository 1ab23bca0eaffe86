package org.kdive.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A private directory for as long as this process needs it: a machine's sockets, console log, snapshots and share slots.
 * Whoever holds one holds a lock in it; {@link Leftovers} removes those that nobody holds. Safe from any thread.
 */
public final class RunDirectory {
    // unix(7): sun_path has 108 bytes, the last one a NUL.
    private static final int SUN_PATH_LIMIT_BYTES = 107;
    private static final int ATTEMPTS = 100;

    private final Path path;
    private final @Nullable FileChannel claim; // null: imagined

    private RunDirectory(Path path, @Nullable FileChannel claim) {
        this.path = path;
        this.claim = claim;
    }

    /** Where it would be, for a command line that nobody runs. Creates nothing. */
    public static RunDirectory imagined() {
        return new RunDirectory(parent().resolve("kdive-dry-run"), null);
    }

    /** A new one; what killed processes of ours have left is removed meanwhile. Throws NoRunDirectory and SocketPathTooLong. */
    public static RunDirectory create() {
        RunDirectory run = createIn(parent());
        Leftovers.sweepInBackground(run.path());
        return run;
    }

    static RunDirectory createIn(Path parent) {
        try {
            Path path = createPrivate(parent.toAbsolutePath());
            RunDirectory run = new RunDirectory(path, Leftovers.claim(path));
            run.requireShortSockets();
            return run;
        } catch (IOException e) {
            throw new MachineException(
                    "make a run directory in %s: %s".formatted(parent, e),
                    new MachineFailure.NoRunDirectory(parent),
                    e);
        }
    }

    // Not createTempDirectory: its secure random generator takes 20 ms to load. The name needs no secret: mkdir(2)
    // makes
    // the directory ours alone or fails.
    private static Path createPrivate(Path parent) throws IOException {
        var privately = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        SplittableRandom random = new SplittableRandom();
        for (int attempt = 1; ; attempt++) {
            try {
                String name = Leftovers.name(Integer.toUnsignedString(random.nextInt(), Character.MAX_RADIX));
                return Files.createDirectory(parent.resolve(name), privately);
            } catch (FileAlreadyExistsException taken) {
                if (attempt == ATTEMPTS) {
                    throw taken;
                }
            }
        }
    }

    private static Path parent() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/") && Files.isWritable(Path.of(runtime))) {
            return Path.of(runtime);
        }
        return Path.of("/tmp");
    }

    private void requireShortSockets() {
        Path longest = consoleSocket();
        int bytes = longest.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SUN_PATH_LIMIT_BYTES) {
            remove();
            throw new MachineException(
                    "socket path %s is %d bytes, AF_UNIX takes %d: set XDG_RUNTIME_DIR to a shorter directory"
                            .formatted(longest, bytes, SUN_PATH_LIMIT_BYTES),
                    new MachineFailure.SocketPathTooLong(longest, bytes, SUN_PATH_LIMIT_BYTES));
        }
    }

    public Path path() {
        return path;
    }

    Path qmpSocket() {
        return path.resolve("qmp");
    }

    Path gdbSocket() {
        return path.resolve("gdb");
    }

    Path consoleSocket() {
        return path.resolve("console");
    }

    /** Of the pipe to the guest {@code .in} is added, of the one from it {@code .out}. */
    Path consolePipe() {
        return path.resolve("serial");
    }

    Path consoleLog() {
        return path.resolve("console.log");
    }

    Path resetLog() {
        return path.resolve("resets");
    }

    Path snapshotImage() {
        return path.resolve("vm0.qcow2");
    }

    /** What the guest writes to a disk whose file stays as it is. */
    Path diskOverlay(int index) {
        return path.resolve("disk" + index + ".qcow2");
    }

    /** Where a slot's symbolic link appears when a directory is shared at run time. */
    Path shareSlot(Share.Access access, int index) {
        return path.resolve(access.slot(index));
    }

    /** Removes it with all that is in it, following no link. May be called twice. */
    public void remove() {
        try {
            removeTree(path);
            if (claim != null) {
                claim.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + path, e);
        }
    }

    /** One that somebody else removes at the same time is no failure. */
    static void removeTree(Path directory) throws IOException {
        try {
            Files.walkFileTree(directory, new Remover());
        } catch (NoSuchFileException gone) {
            // The supervisor was first.
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            if (e != null) {
                throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
