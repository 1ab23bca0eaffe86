package org.kdive.session;

import java.nio.file.Path;
import java.util.List;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Recording;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/**
 * From a machine to its recording, and from that to its replay. QEMU is told at its start whether it records, replays or does
 * neither, so that each takes another QEMU; breakpoints, displays and convenience variables stay. Session thread.
 */
public final class Recorder {
    private static final String AGAIN = "record again DIR";

    private final Session session;
    private final Notices notices;

    Recorder(Session session, Notices notices) {
        this.session = session;
        this.notices = notices;
    }

    /** Whether the guest is recorded or replayed, and where that stands, in a few words; empty for others. Any thread. */
    public String mode() {
        return session.engaged()
                .map(present -> present.target().recorded().mode(session.isRunning()))
                .orElse("");
    }

    /**
     * Records the present machine: from its first instruction on when it has not run, else from where it stands; the guest stays
     * stopped. Throws Usage with the way out, and NotRecordable; then nothing has changed.
     *
     * @param again from its first instruction on in any case: what it has done so far may be lost
     */
    public Stop record(Path directory, boolean again) {
        Engagement present = session.require();
        BootPlan plan = planOf(present, "record");
        RecordedRun recorded = present.target().recorded();
        refuse(
                recorded.isRecording(),
                "record: this run is recorded already, into %s; replay ends it and goes back"
                        .formatted(plan.spec()
                                .findRecording()
                                .map(Recording::directory)
                                .orElse(directory)));
        refuse(recorded.isReplay(), "record: this is a replay; boot KERNEL starts a machine that can be recorded");
        MachineSpec spec = plan.spec().with(Recording.into(directory)); // refuses what QEMU cannot record
        Recording.requireFree(directory);
        boolean begins = !present.control().hasRun() && plan.bundle() == null;
        return again || begins ? session.boot(plan.on(spec)) : new Midway(session, notices).record(plan, directory);
    }

    private static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new SessionException(why, new SessionFailure.Usage(AGAIN));
        }
    }

    private static BootPlan planOf(Engagement present, String what) {
        return present.plan()
                .orElseThrow(() -> new SessionException(
                        what + ": kdive did not boot this machine; boot KERNEL, then record",
                        new SessionFailure.Unsupported(what)));
    }

    /**
     * Ends the recording that is being made, and replays it up to where the guest stands now; a replay begins anew, and goes
     * there too. Throws Unsupported when it is neither. A Ctrl-C leaves the guest on its way.
     */
    public Stop replay() {
        Engagement present = session.require();
        BootPlan plan = planOf(present, "replay");
        RecordedRun recorded = present.target().recorded();
        if (recorded.isReplay()) {
            return anew(present, recorded.stood());
        }
        if (!recorded.isRecording()) {
            throw new SessionException(
                    "replay: this run is not recorded; record DIR records it from here on, replay DIR replays what is"
                            + " recorded there",
                    new SessionFailure.Unsupported("replay"));
        }
        Pause pause = Pause.of(present.control(), notices);
        long now = recorded.now();
        SlideSearch.Place place = present.slide().place();
        runOver(present, pause.stop());
        Path directory = plan.spec().findRecording().orElseThrow().directory();
        session.kill(); // which finishes it
        MachineSpec spec = Recording.replayed(directory);
        var unused = session.boot(plan.on(spec));
        return session.history().begin(now, place);
    }

    // the last instruction of a recording cannot be shown: QEMU ends there
    private static void runOver(Engagement present, Stop stop) {
        present.control().planting().plantOnly(List.of());
        for (int i = 0; i < 2; i++) {
            try {
                var unused = Waits.on(present.target().stub().resume(Resume.step(stop.thread())), "record on");
            } catch (SessionException | RspException e) {
                return; // it waits for something from outside: then one instruction is missing
            }
        }
    }

    /** Replays what is recorded there, from its beginning; the machine there is ends. */
    public Stop replay(Path directory, Progress progress) {
        return session.boot(BootPlan.replay(directory, null, null, progress));
    }

    /** What was to be thrown; what comes of a QEMU that hangs in its replay is told instead, when it has been replaced. */
    RuntimeException explained(Engagement present, RuntimeException thrown) {
        if (!present.target().recorded().isReplay() || !isHang(thrown)) {
            return thrown instanceof SessionException ? thrown : present.explained(thrown);
        }
        long stood = present.target().recorded().stood();
        notices.notice("QEMU hangs in its replay: the replay is started anew, up to instruction %d", stood);
        try {
            Stop stop = anew(present, stood);
            return new SessionException(
                    "QEMU hung in its replay and was replaced; the guest stands at instruction %d again, in %s"
                            .formatted(stood, stop.describe(stop.pc())),
                    new SessionFailure.Refused("QEMU"),
                    thrown);
        } catch (SessionException | RspException | QmpException e) {
            session.kill();
            return new SessionException(
                    "QEMU hangs in its replay at instruction %d, and another one does: %s"
                            .formatted(stood, e.getMessage()),
                    new SessionFailure.TargetGone("QEMU hangs in its replay"),
                    thrown);
        }
    }

    private static boolean isHang(RuntimeException thrown) {
        return thrown instanceof SessionException known && known.failure() instanceof SessionFailure.Stalled
                || thrown instanceof QmpException monitor && monitor.failure() instanceof QmpFailure.TimedOut
                || thrown instanceof RspException stub && stub.failure() instanceof RspFailure.TimedOut;
    }

    private Stop anew(Engagement present, long instruction) {
        BootPlan plan = planOf(present, "replay");
        SlideSearch.Place place = present.slide().place();
        present.target().machine().ifPresent(Machine::kill); // it may not listen any more
        var unused = session.boot(plan);
        return session.history().begin(instruction, place);
    }
}
