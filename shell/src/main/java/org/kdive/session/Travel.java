package org.kdive.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.Machine;

/**
 * One way from a moment of a replay to another, unseen: the session's stop stays what it was until it is over, and what the
 * guest says again on its console is not shown again. Session thread.
 */
final class Travel implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Target target;
    private final RunControl control;
    private final Waypoints waypoints;
    private final Machine machine;
    private final boolean silent;

    /** @param silent whether the console was heard before on this way */
    Travel(Target target, RunControl control, Waypoints waypoints, Machine machine, boolean silent) {
        this.target = target;
        this.control = control;
        this.waypoints = waypoints;
        this.machine = machine;
        this.silent = silent;
        control.planting().plantOnly(List.of());
        control.forgetInterrupt();
        target.recorded().travels(true);
        if (silent) {
            machine.showConsole(false);
        }
    }

    /** Goes there, and nothing on the way stops it but the user. */
    void to(long instruction) {
        begin(instruction);
        long near = waypoints.haltBefore(target.recorded().now(), instruction);
        runTo(near);
        if (near < instruction) {
            waypoints.layNear(target.recorded().now());
            runTo(instruction);
        }
    }

    private void runTo(long instruction) {
        while (!isAt(instruction)) {
            var unused = forward(instruction, Resume.continueAll(), true);
        }
    }

    /** Stands at the last waypoint before that instruction, or stays where it is when that is on the way. */
    private void begin(long instruction) {
        long now = target.recorded().now();
        long waypoint = waypoints.before(instruction);
        if (now > instruction || now < waypoint) {
            load(waypoint);
        }
    }

    /** The machine as it was at a waypoint. */
    void load(long waypoint) {
        if (waypoint > 0 && target.recorded().now() == 0) {
            // QEMU 7.2 for arm64 dies of a later snapshot when it has not run since it loaded that of the beginning
            var unused = run(Resume.step(target.firstThread()));
        }
        waypoints.load(waypoint);
    }

    boolean isAt(long instruction) {
        return target.recorded().now() >= instruction;
    }

    /** Runs until something stops it, that instruction at the latest; may be halted earlier, to lay a waypoint. */
    StopReply forward(long instruction, Resume how, boolean mayHalt) {
        long from = target.recorded().now();
        if (from >= instruction) {
            return new StopReply.NotReported();
        }
        target.recorded().stopAt(instruction);
        if (mayHalt && waypoints.isDue(from)) {
            target.recorded().haltNext(from); // after many short runs
        }
        long begun = System.nanoTime();
        StopReply reply = run(how, from, mayHalt);
        double seconds = (System.nanoTime() - begun) / 1e9;
        boolean noted = seconds >= Waypoints.WORTH_NOTING_SECONDS;
        if (noted || target.recorded().isHaltedBeyond(from)) {
            long now = target.recorded().now();
            waypoints.ran(from, now, seconds);
            if (mayHalt && now < instruction && target.recorded().isHalted(now)) {
                waypoints.lay(now);
            }
        }
        return reply;
    }

    /** One resume and its end. Throws Interrupted after a Ctrl-C: the guest stands where it was then. */
    StopReply run(Resume how) {
        return run(how, target.recorded().now(), false);
    }

    private StopReply run(Resume how, long from, boolean mayHalt) {
        checkInterrupt();
        target.invalidate();
        target.modules().resuming();
        Future<StopReply> reply = target.stub().resume(how);
        long begun = System.nanoTime();
        @Nullable Patience patience = null; // until it takes long: most runs do not
        while (true) {
            try {
                StopReply stop = Waits.on(reply, LOOK, "replay");
                target.stopped();
                checkInterrupt();
                return stop;
            } catch (SessionException e) {
                if (!(e.failure() instanceof SessionFailure.TimedOut)) {
                    throw e;
                }
            }
            long now = target.recorded().now();
            double ran = (System.nanoTime() - begun) / 1e9;
            boolean due = mayHalt && waypoints.isWorth(now) && ran > Waypoints.APART.toMillis() / 1000.0;
            if (due || control.isInterruptAsked()) {
                target.recorded().haltSoon(now, (now - from) / ran);
            }
            if (patience == null) {
                patience = new Patience(machine);
            }
            if (patience.isOver(now)) {
                throw target.recorded().stalled();
            }
        }
    }

    void checkInterrupt() {
        if (control.isInterruptAsked()) {
            throw new SessionException("interrupted", new SessionFailure.Interrupted());
        }
    }

    ThreadId thread(StopReply reply) {
        return reply.thread().orElseGet(target::firstThread);
    }

    /** Whatever happened, the session is where the machine is now. */
    @Override
    public void close() {
        if (silent) {
            machine.showConsole(true);
        }
        // answered after all events of the way: they were of the past, and nobody should act upon them
        var unused = target.recorded().now();
        target.recorded().travels(false);
        target.recorded().moved();
    }
}
