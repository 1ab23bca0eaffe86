package org.kdive.command;

import org.kdive.session.SessionException;

/**
 * What went wrong with a line, for people and for an exit status.
 *
 * @param text one line, or an expression with a caret under it; never a stack trace
 * @param exitStatus of a process that ends for it: 1 not as expected, 2 usage or unreadable input, 3 target gone, 4 timed
 *     out, 130 interrupted
 * @param bug whether nobody foresaw it
 */
public record Complaint(String text, int exitStatus, boolean bug) {

    public static Complaint of(Throwable thrown) {
        if (thrown instanceof SessionException e) {
            return new Complaint(String.valueOf(e.getMessage()), FailureStatus.of(e.failure()), false);
        }
        // The leaves' exceptions are written for people; anything else should not have come this far.
        boolean ours = thrown.getClass().getName().startsWith("org.kdive.") && thrown.getMessage() != null;
        String text =
                ours ? String.valueOf(thrown.getMessage()) : "internal error, please report it with --trace: " + thrown;
        return new Complaint(text, FailureStatus.of(thrown), !ours);
    }
}
