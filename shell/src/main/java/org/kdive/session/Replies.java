package org.kdive.session;

import java.util.OptionalLong;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;

/** Questions to a stop reply. */
final class Replies {
    static final int SIGTRAP = 5;

    private Replies() {}

    /** A breakpoint, a watchpoint or the end of a step. */
    static boolean isTrap(StopReply reply) {
        return reply instanceof StopReply.Signal signal && signal.number() == SIGTRAP;
    }

    /** Where the watched range begins, if it was a watchpoint. */
    static OptionalLong watched(StopReply reply) {
        if (reply instanceof StopReply.Signal signal
                && signal.reason() instanceof StopReply.Reason.Watchpoint watchpoint) {
            return OptionalLong.of(watchpoint.address());
        }
        return OptionalLong.empty();
    }

    /** How memory was accessed that is watched, as far as the stub tells: ACCESS may be either. */
    static Stoppoint.Kind access(StopReply reply) {
        return reply instanceof StopReply.Signal signal
                        && signal.reason() instanceof StopReply.Reason.Watchpoint watchpoint
                ? watchpoint.kind()
                : Stoppoint.Kind.ACCESS;
    }
}
