package org.kdive.session;

import org.kdive.gdbrsp.StopReply;
import org.kdive.qmp.QmpEvent;

/** Something that came from outside and waits for the session thread. */
sealed interface Happening {
    /** The stub answered the resume of this number. */
    record StopReported(long resume, StopReply reply) implements Happening {}

    /** The guest stopped in a run that was begun elsewhere, so that no resume of ours was waiting for it. */
    record StoppedUnasked(StopReply reply) implements Happening {}

    /** The resume of this number failed: the connection is lost, or the stub refused. */
    record ResumeFailed(long resume, Throwable why) implements Happening {}

    record Qmp(QmpEvent event) implements Happening {}

    /** The machine's process ended, or the connection to a stub we did not start. */
    record Gone(String how) implements Happening {}

    /** Something for the session's thread to do, also while it waits for the guest. */
    record Errand(Runnable work) implements Happening {}

    /** A replay may have run long enough for a waypoint. */
    record WaypointDue() implements Happening {}

    /** Nothing: whoever waits looks again. */
    record Wake() implements Happening {}
}
