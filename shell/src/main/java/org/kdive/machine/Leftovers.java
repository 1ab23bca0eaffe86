package org.kdive.machine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Run directories of processes that were killed before there was a supervisor to remove them, or together with it. Each is
 * called {@code kdive-PID-RANDOM}, and its owner holds a lock on the file {@code claim} in it: a lock ends with its process,
 * and unlike a process's number it means the same in every container that shares the directory.
 */
final class Leftovers {
    private static final Pattern NAME = Pattern.compile("kdive-([0-9a-z]+)-[0-9a-z]+");
    private static final String CLAIM = "claim";
    // between making the directory and claiming it; a process may be stopped there
    private static final Duration UNCLAIMED = Duration.ofMinutes(10);

    private Leftovers() {}

    static String name(String random) {
        return "kdive-%s-%s".formatted(ourselves(), random);
    }

    private static String ourselves() {
        return Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
    }

    /** To be kept open for as long as the directory is in use. */
    static FileChannel claim(Path directory) throws IOException {
        FileChannel claim =
                FileChannel.open(directory.resolve(CLAIM), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            var unused = claim.tryLock();
        } catch (IOException e) {
            // a file system without locks: nobody else gets one either
        }
        return claim;
    }

    /** Looks at the neighbours of a directory of ours. */
    static void sweepInBackground(Path ours) {
        Thread thread = new Thread(() -> sweep(ours), "leftovers");
        thread.setDaemon(true);
        thread.start();
    }

    static void sweep(Path ours) {
        Path parent = ours.getParent();
        if (parent == null) {
            return;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, "kdive-*")) {
            UserPrincipal user = Files.getOwner(ours);
            for (Path each : all) {
                removeIfLeft(each, user);
            }
        } catch (IOException e) {
            // it is a courtesy: the next start tries again
        }
    }

    // another user's is not ours to remove, nor is what it links to
    private static void removeIfLeft(Path directory, UserPrincipal user) {
        Matcher name = NAME.matcher(directory.getFileName().toString());
        try {
            // closing a file drops all locks that a process has on it: our own are not looked at
            if (name.matches()
                    && !name.group(1).equals(ourselves())
                    && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user)
                    && isLeft(directory)) {
                RunDirectory.removeTree(directory);
            }
        } catch (IOException e) {
            // as above
        }
    }

    private static boolean isLeft(Path directory) throws IOException {
        try (FileChannel claim = FileChannel.open(
                        directory.resolve(CLAIM), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock free = claim.tryLock()) {
            return free != null;
        } catch (NoSuchFileException unclaimed) {
            Instant made = Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS)
                    .toInstant();
            return made.isBefore(Instant.now().minus(UNCLAIMED));
        }
    }
}
