package org.kdive.session;

import org.kdive.gdbrsp.ThreadId;

/** Whether the guest runs, and the stop everybody looks at. Session thread, but for {@link #now}. */
final class RunState {
    private final RunControl control;
    private final Target target;
    private final Running running;
    private volatile SessionState state = new SessionState.Idle();
    private long stops; // numbers each stop, so that a stop held across a resume is known as stale

    RunState(RunControl control, Target target) {
        this.control = control;
        this.target = target;
        this.running = new Running(control);
    }

    /** Any thread; out of date as soon as it is known. */
    SessionState now() {
        return state;
    }

    Running running() {
        return running;
    }

    boolean isRunning() {
        return state instanceof Running;
    }

    Stop requireStop() {
        if (state instanceof Stop stop) {
            return stop;
        }
        if (state instanceof Running) {
            throw new SessionException("the guest is running; interrupt stops it", new SessionFailure.GuestRunning());
        }
        if (state instanceof SessionState.Ended ended) {
            throw new SessionException(ended.how(), new SessionFailure.TargetGone(ended.how()));
        }
        throw noTarget();
    }

    static SessionException noTarget() {
        return new SessionException(
                "nothing is booted; boot KERNEL starts a machine, attach joins one", new SessionFailure.NoTarget());
    }

    boolean isCurrent(long stopNumber) {
        return state instanceof Stop && stopNumber == stops;
    }

    Stop stopped(Cause cause, ThreadId thread, Aftermath aftermath) {
        Stop stop = new Stop(control, target, ++stops, thread, cause, aftermath);
        state = stop;
        target.frames().reset();
        return stop;
    }

    /** Another thread of the same stop becomes the current one. */
    Stop select(ThreadId thread) {
        Stop stop = requireStop();
        Stop other = new Stop(control, target, stops, thread, stop.cause(), Aftermath.NONE);
        state = other;
        target.frames().reset();
        return other;
    }

    void runs() {
        state = running;
        target.frames().reset();
    }

    void ended(String how) {
        state = new SessionState.Ended(how);
    }
}
