package org.kdive.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.kdive.session.SessionException;

/**
 * What went wrong, for people and for an exit status: the one place where exceptions become text.
 *
 * @param text one line, or an expression with a caret under it; never a stack trace
 * @param exitStatus of a process that ends for it: 1 not as expected, 2 usage or unreadable input, 3 target gone, 4 timed
 *     out, 130 interrupted
 * @param bug whether nobody foresaw it
 */
public record Complaint(String text, int exitStatus, boolean bug) {

    public static Complaint of(Throwable thrown) {
        if (thrown instanceof UncheckedIOException && thrown.getCause() instanceof IOException io) {
            return of(io);
        }
        int status = FailureStatus.of(thrown);
        if (thrown instanceof FileSystemException file) {
            return new Complaint(file.getFile() + ": " + reason(file), status, false);
        }
        if (thrown instanceof InvalidPathException path) {
            return new Complaint(oneLine(String.valueOf(path.getMessage())), status, false);
        }
        if (thrown instanceof SessionException e) {
            return new Complaint(String.valueOf(e.getMessage()), status, false); // it may have a caret line
        }
        // The leaves' exceptions are written for people; anything else should not have come this far.
        boolean ours = thrown.getClass().getName().startsWith("org.kdive.") && thrown.getMessage() != null;
        if (ours || thrown instanceof IOException) {
            return new Complaint(oneLine(String.valueOf(thrown.getMessage())), status, false);
        }
        return new Complaint(
                "internal error, please report it with --trace: " + oneLine(thrown.toString()), status, true);
    }

    /** What the file system said, without the name. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null ? e.toString() : oneLine(reason);
    }

    /** Several lines as one. */
    public static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
