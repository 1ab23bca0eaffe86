package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;

/**
 * kdive's directory of things that can be had again. What is in it is whole: it arrives by rename. One lock file lets one
 * process at a time fill it; readers need no lock.
 */
public final class Cache {
    private static final Duration LOCK_LIMIT = Duration.ofMinutes(30);
    private static final long LOCK_RETRY_MILLIS = 50;

    private final Path root;

    public Cache(Path root) {
        this.root = root.toAbsolutePath();
    }

    /** {@code $XDG_CACHE_HOME/kdive}, or {@code ~/.cache/kdive}. XDG Base Directory Specification 0.8. */
    public static Cache ofUser(Map<String, String> environment) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // The specification has relative paths ignored.
        Path base = xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return new Cache(base.resolve("kdive"));
    }

    public Path root() {
        return root;
    }

    /** A directory below the root, made if need be, ours alone. */
    Path directory(String first, String... more) {
        Path directory = root.resolve(Path.of(first, more));
        if (!Files.isDirectory(directory)) {
            try {
                var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
                Files.createDirectories(root.getParent() == null ? root : root.getParent());
                Files.createDirectories(directory, ownerOnly);
            } catch (IOException e) {
                throw ImageException.io(directory, e);
            }
        }
        return directory;
    }

    /** Runs the work while no other process or thread fills this cache. */
    <T> T locked(Progress progress, Supplier<T> work) {
        Path file = directory(".").normalize().resolve("lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel, file, progress)) {
            assert lock.isValid();
            return work.get();
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    private static FileLock lock(FileChannel channel, Path file, Progress progress) throws IOException {
        long deadline = System.nanoTime() + LOCK_LIMIT.toNanos();
        boolean told = false;
        while (true) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return lock;
            }
            if (!told) {
                progress.step("wait for another kdive that is filling " + file.getParent());
                told = true;
            }
            if (System.nanoTime() - deadline > 0) {
                throw FetchFailures.missing(file.toString(), "still locked after " + LOCK_LIMIT.toMinutes() + " min");
            }
            pause();
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this very process has it; the lock itself is the process's.
            return null;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOCK_RETRY_MILLIS);
        } catch (InterruptedException e) {
            throw FetchFailures.interrupted("wait for the cache's lock", e);
        }
    }

    /** Puts a finished file or directory in its place, in one step; an older directory there makes way. */
    static void moveIntoPlace(Path finished, Path target) {
        try {
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                deleteTree(target);
            }
            Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw ImageException.io(target, e);
        }
    }

    static void deleteTree(Path tree) {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(tree)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw ImageException.io(tree, e);
        }
    }
}
