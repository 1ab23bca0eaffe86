package org.kdive.session;

import java.time.Duration;

/** A guest held still for something that takes a moment; one that ran can go on as it was. Session thread. */
final class Pause {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final RunControl control;
    private final Notices notices;
    private final Goal goal;
    private final boolean ran;
    private final Stop stop;

    private Pause(RunControl control, Notices notices, Goal goal, boolean ran, Stop stop) {
        this.control = control;
        this.notices = notices;
        this.goal = goal;
        this.ran = ran;
        this.stop = stop;
    }

    /** Stops the guest if it runs. Throws NoTarget and TargetGone, and TimedOut when it will not stop. */
    static Pause of(RunControl control, Notices notices) {
        if (!(control.state() instanceof Running)) {
            return new Pause(control, notices, Goal.run(), false, control.requireStop());
        }
        Goal goal = control.goal();
        control.interrupt();
        Stop stop = control.await(DEADLINE)
                .orElseThrow(() -> new SessionException(
                        "the guest did not stop within %d s".formatted(DEADLINE.toSeconds()),
                        new SessionFailure.TimedOut(DEADLINE)));
        return new Pause(control, notices, goal, true, stop);
    }

    Stop stop() {
        return stop;
    }

    /** A guest that ran goes on, unless it stopped at that moment for a reason of its own: then that is told. */
    void end() {
        if (!ran) {
            return;
        }
        if (stop.cause() instanceof Cause.Interrupted) {
            var unused = control.resume(goal);
        } else {
            notices.stopped(stop);
        }
    }
}
