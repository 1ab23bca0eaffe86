package org.kdive.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** When a replay that goes forwards is to be halted for a waypoint: the time that it ran decides. Session thread. */
final class WaypointClock {
    private final RecordedRun recorded;
    private final Waypoints waypoints;
    private final AtomicBoolean timed = new AtomicBoolean(); // a look is due
    private boolean runs;
    private boolean halts; // for a waypoint, as soon as it stops
    private long from; // where the present run began
    private long begun; // and when, as System.nanoTime

    WaypointClock(RecordedRun recorded, Waypoints waypoints) {
        this.recorded = recorded;
        this.waypoints = waypoints;
    }

    /**
     * Before each resume.
     *
     * @param watches whether memory is watched: QEMU 7.2 halted at an access does not tell of that, and so it is not halted
     */
    void resumes(boolean watches, Happenings happenings) {
        stopped();
        halts = false;
        if (!recorded.isReplay()) {
            return;
        }
        from = recorded.now();
        recorded.holdAtEnd(from);
        if (watches) {
            return;
        }
        if (waypoints.isDue(from)) {
            waypoints.lay(from); // many short runs
        }
        begun = System.nanoTime();
        runs = true;
        look(happenings);
    }

    private void look(Happenings happenings) {
        if (timed.compareAndSet(false, true)) {
            Executor later = CompletableFuture.delayedExecutor(Waypoints.APART.toMillis(), TimeUnit.MILLISECONDS);
            later.execute(() -> {
                timed.set(false);
                happenings.post(new Happening.WaypointDue());
            });
        }
    }

    /** Whether the guest, which runs, has to be stopped for a waypoint; if it is too early this is asked once more. */
    boolean isDue(Happenings happenings) {
        if (!runs) {
            return false;
        }
        halts = System.nanoTime() - begun >= Waypoints.APART.toNanos() / 2;
        if (!halts) {
            look(happenings);
        }
        return halts;
    }

    /** The guest has stopped. */
    void stopped() {
        if (runs) {
            runs = false;
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (seconds >= Waypoints.WORTH_NOTING_SECONDS) {
                waypoints.ran(from, recorded.now(), seconds);
            }
        }
    }

    /** Whether it stopped for a waypoint alone, as far as is known; then it is laid. */
    boolean lays() {
        boolean was = halts;
        halts = false;
        if (was) {
            waypoints.lay(recorded.now());
        }
        return was;
    }
}
