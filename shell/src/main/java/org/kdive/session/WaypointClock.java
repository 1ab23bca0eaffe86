package org.kdive.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** When a replay that goes forwards is to be halted for a waypoint: the time that it ran decides. Session thread. */
final class WaypointClock {
    private static final Duration SOON = Duration.ofMillis(50);

    private final RecordedRun recorded;
    private final Waypoints waypoints;
    private final AtomicBoolean timed = new AtomicBoolean(); // a look is due
    private boolean runs;
    private boolean mayHalt;
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
        if (!recorded.isReplay()) {
            return;
        }
        from = recorded.stand();
        recorded.holdAtEnd(from, watches);
        mayHalt = !watches;
        recorded.patience().begin(from);
        if (mayHalt && waypoints.isDue(from)) {
            recorded.haltNext(from); // after many short runs
        } else if (mayHalt) {
            recorded.haltBeforeEnd(from);
        }
        begun = System.nanoTime();
        runs = true;
        look(happenings, Waypoints.APART);
    }

    private void look(Happenings happenings, Duration after) {
        if (timed.compareAndSet(false, true)) {
            Executor later = CompletableFuture.delayedExecutor(after.toMillis(), TimeUnit.MILLISECONDS);
            later.execute(() -> {
                timed.set(false);
                happenings.post(new Happening.WaypointDue());
            });
        }
    }

    /**
     * Has the guest, which runs, halted when that is due, for a waypoint or because the user wants it. Throws Stalled when it
     * has stood still for long.
     */
    void look(Happenings happenings, boolean interrupted) {
        if (!runs) {
            return;
        }
        long now = recorded.now();
        if (recorded.patience().isOver(now)) {
            throw recorded.stalled();
        }
        double ran = (System.nanoTime() - begun) / 1e9;
        boolean due = mayHalt && waypoints.isWorth(now) && ran * 2000 >= Waypoints.APART.toMillis();
        if (due || interrupted) {
            recorded.haltSoon(now, (now - from) / ran);
        }
        look(happenings, due || interrupted ? SOON : Waypoints.APART);
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
        long now = recorded.isReplay() ? recorded.now() : 0;
        boolean was = recorded.isReplay() && recorded.isHalted(now);
        if (was) {
            waypoints.lay(now);
        }
        return was;
    }
}
