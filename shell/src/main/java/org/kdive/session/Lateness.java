package org.kdive.session;

import java.time.Duration;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/** What is said when QEMU lives and does not answer: it is stopped, swapped out, or busy with something long. */
final class Lateness {
    private static final String WAY_OUT = "; QEMU lives and does not answer: try again, or quit --force";

    private Lateness() {}

    /** Whether a deadline was missed by somebody who may still answer. */
    static boolean is(RuntimeException e) {
        return e instanceof RspException stub && stub.failure() instanceof RspFailure.TimedOut
                || e instanceof QmpException monitor && monitor.failure() instanceof QmpFailure.TimedOut;
    }

    static SessionException of(RuntimeException e) {
        return new SessionException(e.getMessage() + WAY_OUT, new SessionFailure.TimedOut(deadline(e)), e);
    }

    /** Of a run that was begun, or that was to be interrupted. */
    static SessionException ofRun(Throwable why) {
        return new SessionException(
                why.getMessage()
                        + "; QEMU lives and does not answer, and the guest may run when it does: interrupt tries again,"
                        + " quit --force ends it",
                new SessionFailure.TimedOut(why instanceof RuntimeException e ? deadline(e) : Duration.ZERO),
                why);
    }

    private static Duration deadline(RuntimeException e) {
        if (e instanceof RspException stub && stub.failure() instanceof RspFailure.TimedOut late) {
            return late.deadline();
        }
        return e instanceof QmpException monitor && monitor.failure() instanceof QmpFailure.TimedOut late
                ? late.deadline()
                : Duration.ZERO;
    }
}
