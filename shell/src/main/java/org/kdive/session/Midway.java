package org.kdive.session;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.kdive.images.Architecture;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineFailure;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Recording;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpSnapshots;

/**
 * Begins a recording where the machine stands: its state goes to a QEMU that records, as one whose clock was at the same time
 * before it counted an instruction. Session thread.
 */
final class Midway {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Session session;
    private final Notices notices;

    Midway(Session session, Notices notices) {
        this.session = session;
        this.notices = notices;
    }

    /** The guest stops if it runs, and stays stopped. The machine there was goes on when this fails. */
    Stop record(BootPlan plan, Path directory) {
        Engagement present = session.require();
        Machine machine = present.target().machine().orElseThrow();
        refuse(!machine.shares().list().isEmpty(), "what is in a shared directory is in no log; share remove it first");
        // seen with QEMU 7.2: it does not come up, whichever image has the state
        refuse(
                !machine.spec().disks().isEmpty(),
                "QEMU loads no state of a machine with a disk when it records; record again %s boots it anew"
                        .formatted(directory));
        Stop stop = Pause.of(present.control(), notices).stop();
        MachineSpec spec = laid(present, machine, directory);
        Machine next = started(spec);
        tellOfTheLost(present);
        SlideSearch.Place place = present.slide().place();
        Breakpoints.Saved breakpoints = session.breakpoints().save();
        var unused = session.boot(plan.on(spec), next);
        Engagement recorded = session.require();
        recorded.slide().restore(place);
        session.breakpoints().restore(breakpoints);
        if (stop.architecture() == Architecture.X86_64 || stop.architecture() == Architecture.X86_32) {
            notices.notice("record: in a recording the TSC counts 1 GHz, whatever the guest measured when it started:"
                    + " the guest's own clock may go slower from here on");
        }
        return recorded.control().stoppedBy(new Cause.Arrived("record"), recorded.currentThread());
    }

    private static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new SessionException("record: " + why, new SessionFailure.Unsupported("record"));
        }
    }

    private static MachineSpec laid(Engagement present, Machine machine, Path directory) {
        QmpClient qmp = machine.qmp();
        List<String> nodes = GoingBack.nodes(present.target(), qmp);
        QmpSnapshots snapshots = new QmpSnapshots(qmp, nodes, DEADLINE);
        try {
            Waits.on(snapshots.save(Recording.START), DEADLINE, "save the machine");
        } catch (QmpException e) {
            throw GoingBack.unsaved(e, Recording.START, present.target().machine());
        }
        try {
            return machine.layRecording(directory, Recording.START);
        } finally {
            Waits.on(snapshots.delete(Recording.START), DEADLINE, "delete the saved machine");
        }
    }

    private static Machine started(MachineSpec spec) {
        try {
            return Machine.boot(spec, DEADLINE);
        } catch (MachineException e) {
            Machine.discardRecording(spec);
            throw e.failure() instanceof MachineFailure.QemuRefused refused
                    ? new SessionException(
                            ("record: a QEMU that records does not take this machine as it is now (a device added since it was"
                                            + " booted?): %s; record again DIR boots it anew")
                                    .formatted(
                                            refused.stderr().lines().findFirst().orElse(e.getMessage())),
                            new SessionFailure.Refused("QEMU"),
                            e)
                    : e;
        }
    }

    private void tellOfTheLost(Engagement present) {
        List<String> names =
                present.checkpoints().all().stream().map(Checkpoint::name).toList();
        if (!names.isEmpty()) {
            notices.notice(
                    "record: checkpoints stay behind with the QEMU that does not record: %s", String.join(", ", names));
        }
    }
}
