package org.kdive.session;

import org.kdive.gdbrsp.Resume;

/** The present run: its number, so that a late report of an earlier one is known as such, and who began it. Session thread. */
final class Resumption {
    private final Target target;
    private final Happenings happenings;
    private volatile long number; // written by the session thread alone
    private boolean elsewhere; // no resume of ours will be told of its end

    Resumption(Target target, Happenings happenings) {
        this.target = target;
        this.happenings = happenings;
    }

    /** Any thread. */
    long number() {
        return number;
    }

    boolean isThis(long resume) {
        return resume == number;
    }

    boolean isElsewhere() {
        return elsewhere;
    }

    /** Lets the stub go; how it ended is posted. */
    void go(Resume how) {
        long mine = next(false);
        target.invalidate();
        target.resuming();
        var unused = target.stub().resume(how).whenComplete((reply, why) -> {
            if (why == null) {
                happenings.post(new Happening.StopReported(mine, reply));
            } else {
                happenings.post(new Happening.ResumeFailed(mine, why));
            }
        });
    }

    void begunElsewhere() {
        var unused = next(true);
    }

    private long next(boolean byOthers) {
        long next = number + 1;
        number = next;
        elsewhere = byOthers;
        return next;
    }
}
