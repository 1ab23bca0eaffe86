package org.kdive.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the stub owes the report of a stop that QMP has told of: QEMU since 8.1 says nothing of some. */
final class Overdue {
    /** How long the stub may be behind QMP before it counts as silent: both sockets are local. */
    static final Duration SILENCE = Duration.ofMillis(300);

    private final SessionThread thread;
    private final Runnable look;
    private final AtomicBoolean timed = new AtomicBoolean(); // a look is due
    private volatile long heardIn; // the run during which QMP last said STOP, or 0
    private volatile long heardAt; // when, as System.nanoTime

    /** @param look called on the session thread when a report may be overdue */
    Overdue(SessionThread thread, Runnable look) {
        this.thread = thread;
        this.look = look;
    }

    /** The stub should report a stop, and soon: whether it did is looked at later, once for many of them. Any thread. */
    void expect(long run) {
        heardIn = run;
        heardAt = System.nanoTime();
        lookLater();
    }

    void lookLater() {
        if (timed.compareAndSet(false, true)) {
            thread.after(SILENCE.plusMillis(1), () -> {
                timed.set(false);
                look.run();
            });
        }
    }

    boolean isExpected(long run) {
        return heardIn == run;
    }

    /** Whether this run, which still goes on as far as the stub says, has ended; says so once. */
    boolean is(long run) {
        boolean overdue = heardIn == run && System.nanoTime() - heardAt >= SILENCE.toNanos();
        if (overdue) {
            heardIn = 0; // looked after, until QMP says STOP again
        }
        return overdue;
    }
}
