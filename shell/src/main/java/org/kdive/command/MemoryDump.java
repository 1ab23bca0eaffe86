package org.kdive.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;
import org.kdive.session.StopMemory;

/** One range of memory on its way into one file, which is there whole or not at all. Session thread. */
final class MemoryDump {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int PAGE_BYTES = StopMemory.PAGE_BYTES;

    private final Session session;
    private final Path file;
    private final long start;
    private final long length;
    private final boolean append;
    private long done;
    private long missingBytes; // not mapped, zeros in the file
    private long firstMissing;
    private int gaps;
    private long gapEnd; // where the last gap ends; meaningless without one

    MemoryDump(Session session, Path file, long start, long length, boolean append) {
        this.session = session;
        this.file = file;
        this.start = start;
        this.length = length;
        this.append = append;
    }

    /** Throws Io for the file, and Unreadable when something was not mapped: then the rest is in the file all the same. */
    void write() {
        Stop stop = session.requireStop();
        if (Files.isDirectory(file)) {
            throw unwritable("is a directory", null);
        }
        boolean isFile = !Files.exists(file) || Files.isRegularFile(file); // a pipe or a device is written into
        Path target = isFile ? file.resolveSibling(file.getFileName() + ".partial") : file;
        try {
            boolean isContinued = append && isFile && Files.exists(file);
            try (OutputStream out = append && !isFile
                    ? Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    : Files.newOutputStream(target)) {
                if (isContinued) {
                    copyOld(out);
                }
                copy(stop, out);
            }
            if (missingBytes < length && isFile) {
                Files.move(target, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw unwritable(Complaint.reason(e), e);
        } catch (SessionException e) {
            throw e.failure() instanceof SessionFailure.Interrupted ? interrupted(isFile, e) : e;
        } finally {
            if (isFile) {
                deleteQuietly(target);
            }
        }
        complain();
    }

    /** Bytes that are there already. */
    static void write(Path file, byte[] bytes, boolean append) {
        try {
            if (append) {
                Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } else {
                Files.write(file, bytes);
            }
        } catch (IOException e) {
            throw new SessionException(
                    "dump %s: %s".formatted(file, Complaint.reason(e)), new SessionFailure.Io(file.toString()), e);
        }
    }

    private void copyOld(OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                session.checkInterrupt();
                out.write(chunk, 0, count);
            }
        }
    }

    private SessionException interrupted(boolean isFile, SessionException e) {
        String left = isFile
                ? "nothing was written to %s%s".formatted(file, Files.exists(file) ? ", which is as it was" : "")
                : "%d of %d bytes were written to %s".formatted(done, length, file);
        return new SessionException("interrupted: " + left, e.failure(), e);
    }

    private void copy(Stop stop, OutputStream out) throws IOException {
        while (done < length) {
            session.checkInterrupt();
            long here = start + done;
            int wanted = (int) Math.min(CHUNK_BYTES, length - done);
            byte[] bytes = stop.memory().readPrefix(here, wanted);
            out.write(bytes);
            done += bytes.length;
            if (bytes.length < wanted) {
                int page = (int) (PAGE_BYTES - (start + done & PAGE_BYTES - 1));
                int skipped = (int) Math.min(page, length - done);
                missing(start + done, skipped);
                out.write(new byte[skipped]);
                done += skipped;
            }
        }
    }

    private void missing(long address, int bytes) {
        if (gaps == 0) {
            firstMissing = address;
        }
        if (gaps == 0 || gapEnd != address) {
            gaps++;
        }
        gapEnd = address + bytes;
        missingBytes += bytes;
    }

    private void complain() {
        if (missingBytes == 0) {
            return;
        }
        long page = firstMissing & -PAGE_BYTES;
        String what = missingBytes == length
                ? "cannot access memory at 0x%x: the page at 0x%x is not mapped%s; nothing was written"
                        .formatted(firstMissing, page, length > PAGE_BYTES ? ", nor is any other of the range" : "")
                : "%d of %d bytes are not mapped, in %d gap%s, the first page at 0x%x; they are zeros in %s"
                        .formatted(missingBytes, length, gaps, gaps == 1 ? "" : "s", page, file);
        throw new SessionException("dump: " + what, new SessionFailure.Unreadable(firstMissing));
    }

    private SessionException unwritable(String why, @org.jspecify.annotations.Nullable IOException e) {
        return new SessionException("dump %s: %s".formatted(file, why), new SessionFailure.Io(file.toString()), e);
    }

    private static void deleteQuietly(Path partial) {
        try {
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            // it could not be written either; the first failure is the one to tell
        }
    }
}
