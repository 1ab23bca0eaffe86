package org.kdive.session;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.Machine;
import org.kdive.machine.Recording;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/**
 * What it means for a machine that its run is recorded, or replayed: how far the log goes, and what must not be done.
 * Session thread.
 */
final class RecordedRun {
    private static final String STOP_AT = "replay-break";
    private static final double HALT_SECONDS = 0.05;
    private static final long HALT_LEAST = 1000;
    private static final long END_APART = 100_000; // milliseconds, or half a second where the guest looks at clocks

    private static final long NOWHERE = -1;

    private final @Nullable Machine machine; // null: somebody else's
    private final @Nullable Recording recording; // null: neither
    private final long last;
    private volatile boolean travelling; // what QEMU tells of the run state is not the present's
    private final Waypoints waypoints;
    private final WaypointClock clock;
    private long halted = NOWHERE; // the last such place that was not a way's end
    private @Nullable Patience patience; // null until it is first needed
    private @Nullable Patience answering; // the same
    private boolean hangs; // for good
    private volatile long stood; // where the guest was last resumed, or gone away from
    private long armed = NOWHERE; // where QEMU has been told to stop, as far as we know

    RecordedRun(Target target, @Nullable Machine machine) {
        this.waypoints = new Waypoints(target);
        this.clock = new WaypointClock(this, waypoints);
        this.machine = machine;
        this.recording = machine == null ? null : machine.spec().recording();
        // QEMU ends when it runs past the end of the log, and what 7.2 has shut down cannot go back
        this.last = recording != null && !recording.isRecord() ? recording.instructions() - 1 : NOWHERE;
    }

    boolean isReplay() {
        return last != NOWHERE;
    }

    boolean isRecording() {
        return recording != null && recording.isRecord();
    }

    boolean isEither() {
        return recording != null;
    }

    /** Where the recording ends, in instructions. */
    long last() {
        return last;
    }

    /** Instructions executed since the machine was started. Throws Stalled when a QEMU that replays does not answer. */
    long now() {
        if (hangs) {
            throw stalled();
        }
        if (answering == null) {
            answering = new Patience(machine());
        }
        if (answering.isOld()) {
            answering.begin(stood);
        }
        while (true) {
            try {
                return Waits.on(machine().qmp().execute("query-replay", Map.of(), Patience.LOOK), "query-replay")
                        .number("icount");
            } catch (QmpException e) {
                if (!isReplay() || !(e.failure() instanceof QmpFailure.TimedOut)) {
                    throw e;
                }
                if (answering.isOver()) {
                    throw stalled();
                }
            }
        }
    }

    /** It makes no progress, and is not asked any more. */
    SessionException stalled() {
        hangs = true;
        return new SessionException(
                "QEMU hangs in its replay; it stood at instruction %d".formatted(stood),
                new SessionFailure.Stalled(stood));
    }

    /** With its progress. */
    Patience patience() {
        if (patience == null) {
            patience = new Patience(machine());
        }
        return patience;
    }

    /** The same where the user looks at it, or lets it go from. */
    long stand() {
        stood = now();
        return stood;
    }

    /** The user sees this moment. */
    void arrived() {
        if (isReplay()) {
            stood = now();
        }
    }

    /** A word for a prompt; empty when it is neither. Any thread. */
    String mode(boolean running) {
        if (!isEither()) {
            return "";
        }
        if (!isReplay()) {
            return "recording";
        }
        return running ? "replay" : "replay " + stood + (stood >= last ? ", its end" : "");
    }

    /** Where that was last. */
    long stood() {
        return stood;
    }

    private Machine machine() {
        if (machine == null) {
            throw new IllegalStateException("no machine of ours, and so no recording");
        }
        return machine;
    }

    /** Throws Unsupported at the end of a replay. */
    void requireMore() {
        if (isReplay() && now() >= last) {
            throw new SessionException(
                    "the recording ends here, at instruction %d; reverse-stepi and reverse-continue go back"
                            .formatted(last),
                    new SessionFailure.Unsupported("the future"));
        }
    }

    Waypoints waypoints() {
        return waypoints;
    }

    WaypointClock clock() {
        return clock;
    }

    /**
     * Before each resume of a replay: QEMU forgets where it was to stop once it has stopped there.
     *
     * @param nowhereElse whether a halt on the way that was still to come is called off
     */
    void holdAtEnd(long now, boolean nowhereElse) {
        if (armed == NOWHERE || armed <= now || nowhereElse && armed != last) {
            stopAt(last);
        }
    }

    /** QEMU will stop at this instruction, which is not before the present one. */
    void stopAt(long instruction) {
        var unused = machine().qmp().call(STOP_AT, Map.of("icount", instruction));
        armed = instruction;
    }

    /**
     * Halts a run that goes on, some hundredths of a second later. An interrupt would not do: on a busy host a QEMU 7.2 that is
     * interrupted again and again comes no further at all. When it has come further than that meanwhile it is not halted, and
     * this wants to be asked again.
     */
    void haltSoon(long now, double perSecond) {
        haltAt(now + Math.max(HALT_LEAST, (long) (perSecond * HALT_SECONDS)));
    }

    /** Halts the next run soon after its beginning. */
    void haltNext(long now) {
        haltAt(now + HALT_LEAST);
    }

    /** Halts the next run shortly before the recording's end, when that is far: from there one step back is short. */
    void haltBeforeEnd(long now) {
        if (last - END_APART - now >= Waypoints.LEAST_APART) {
            haltAt(last - END_APART);
        }
    }

    /** Whether the guest stands where it was to be halted on its way: a place of our choice, where nothing is under way. */
    boolean isHalted(long now) {
        return now == halted;
    }

    /** Whether it may stand at such a place now, when it went on from there. */
    boolean isHaltedBeyond(long from) {
        return halted > from;
    }

    private void haltAt(long halt) {
        if (halt >= armed) {
            return;
        }
        try {
            stopAt(halt);
            halted = halt;
        } catch (QmpException e) {
            if (!(e.failure() instanceof QmpFailure.Refused)) {
                throw e;
            }
        }
    }

    void travels(boolean value) {
        travelling = value;
    }

    /** Any thread. */
    boolean isTravelling() {
        return travelling;
    }

    /** The machine is at another moment than before. */
    void moved() {
        armed = NOWHERE;
    }

    /** Why the guest stopped without a trap, when the reason is the end of the recording. */
    Optional<Cause> end() {
        return isReplay() && now() >= last ? Optional.of(new Cause.NoMoreHistory(true)) : Optional.empty();
    }

    /** Throws Unsupported: a replay would take another way. */
    void requireChangeable(String what) {
        if (isEither()) {
            throw new SessionException(
                    isRecording()
                            ? "%s: this run is recorded, and the log would not have it; boot without --record"
                                    .formatted(what)
                            : "%s: this is a replay, and it would leave its track; boot without --replay"
                                    .formatted(what),
                    new SessionFailure.Unsupported(what));
        }
    }

    /** Throws Unsupported: what is recorded goes one way. */
    void requireNotRecording(String what) {
        if (isRecording()) {
            throw new SessionException(
                    "%s: a run that is recorded cannot go back; replay ends the recording and goes back in it"
                            .formatted(what),
                    new SessionFailure.Unsupported(what));
        }
    }

    /** The machine of a replay; throws Unsupported, with the way there, for any other. */
    Machine requireReplay(String what) {
        if (isReplay()) {
            return machine();
        }
        requireNotRecording(what);
        throw new SessionException(
                "%s: only a replay goes back: record DIR records from here on, and replay goes back in that"
                        .formatted(what),
                new SessionFailure.Unsupported(what));
    }
}
