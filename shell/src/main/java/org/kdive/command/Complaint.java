package org.kdive.command;

import java.util.Optional;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/**
 * What went wrong with a line, for people and for an exit status.
 *
 * @param text one line, or an expression with a caret under it; never a stack trace
 * @param failure empty when it came from a leaf or is a bug of ours
 * @param bug whether nobody foresaw it
 */
public record Complaint(String text, Optional<SessionFailure> failure, boolean bug) {

    public static Complaint of(Throwable thrown) {
        if (thrown instanceof SessionException e) {
            return new Complaint(String.valueOf(e.getMessage()), Optional.of(e.failure()), false);
        }
        // The leaves' exceptions are written for people; anything else should not have come this far.
        boolean ours = thrown.getClass().getName().startsWith("org.kdive.") && thrown.getMessage() != null;
        String text = ours ? String.valueOf(thrown.getMessage()) : "internal error, please report it: " + thrown;
        return new Complaint(text, Optional.empty(), !ours);
    }

    /** The process's exit status when this ends a script: 1 not as expected, 2 usage, 3 target gone, 4 timed out, 130 Ctrl-C. */
    public int exitStatus() {
        return failure.map(Complaint::statusOf).orElse(1);
    }

    private static int statusOf(SessionFailure failure) {
        if (failure instanceof SessionFailure.TargetGone) {
            return 3;
        } else if (failure instanceof SessionFailure.TimedOut) {
            return 4;
        } else if (failure instanceof SessionFailure.Interrupted) {
            return 130;
        }
        boolean words = failure instanceof SessionFailure.Usage
                || failure instanceof SessionFailure.Io
                || failure instanceof SessionFailure.NoTarget
                || failure instanceof SessionFailure.GuestRunning;
        return words ? 2 : 1;
    }
}
