package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineBundle;
import org.kdive.machine.MachineSpec;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpValue;

/** What of a machine can go back to an earlier moment, and in plain words what cannot. Session thread. */
final class GoingBack {
    // migration/savevm.c, block/snapshot.c; whatever the host said is "Input/output error" by then
    private static final Pattern UNWRITTEN = Pattern.compile(
            "Error while writing VM state: .*|Error while creating snapshot.*|.*No space left on device.*");

    private GoingBack() {}

    /**
     * The block nodes that go back with the machine; the first holds its state. Throws Unsupported for a writable disk that
     * keeps no snapshots: it would stay as it is while the guest's idea of it goes back.
     */
    static List<String> nodes(Target target, QmpClient qmp) {
        List<String> nodes = new ArrayList<>();
        if (target.machine().isPresent()) {
            nodes.add(MachineSpec.SNAPSHOT_NODE);
        }
        for (QmpValue device :
                Waits.on(qmp.execute("query-block", Map.of()), "query-block").list()) {
            device.find("inserted")
                    .filter(medium -> !medium.flag("ro"))
                    // flash is memory: it is in the machine's state, and written back to its file from there
                    .filter(medium -> !device.text("device").startsWith("pflash"))
                    .ifPresent(medium -> nodes.add(node(medium)));
        }
        if (nodes.isEmpty()) {
            throw new SessionException(
                    "checkpoint: this machine has no writable qcow2 image to keep its state in, and kdive did not boot it; give its"
                            + " QEMU a qcow2 disk, or let kdive boot it: kdive boot KERNEL",
                    new SessionFailure.Unsupported("snapshots"));
        }
        return nodes;
    }

    private static String node(QmpValue medium) {
        if (medium.text("drv").equals("qcow2")) {
            return medium.text("node-name");
        }
        throw new SessionException(
                ("checkpoint: the disk %s is %s and writable, so it cannot go back with the machine; --disk FILE without ,rw"
                                + " lays a qcow2 over it that can, ,ro makes it read-only")
                        .formatted(medium.text("file"), medium.text("drv")),
                new SessionFailure.Unsupported("a checkpoint with a writable disk of this format"));
    }

    /** A machine that was made for a bundle does not take it. */
    static SessionException otherMachine(RuntimeException refusal, MachineBundle bundle, QmpClient qmp) {
        String said = refusal instanceof QmpException known && known.failure() instanceof QmpFailure.JobFailed job
                ? job.error()
                : String.valueOf(refusal.getMessage());
        String why =
                bundle.otherQemu(qmp.greeting().version()).orElse("the file is damaged, or the QEMU is another build");
        return new SessionException(
                "checkpoint %s cannot be loaded: %s (QEMU: %s)".formatted(bundle.file(), why, said.strip()),
                new SessionFailure.Refused("QEMU"),
                refusal);
    }

    /** Why a checkpoint was not saved. Those before it are whole: QEMU lists a snapshot last, when all of it is written. */
    static RuntimeException unsaved(QmpException refusal, String name, Optional<Machine> ours) {
        String error = refusal.failure() instanceof QmpFailure.JobFailed job ? job.error() : "";
        if (!UNWRITTEN.matcher(error).matches()) {
            return explained(refusal);
        }
        String where = ours.map(machine -> " in %s, where %s"
                        .formatted(
                                machine.runDirectory(),
                                machine.freeBytes().isPresent()
                                        ? "%d MiB are free"
                                                .formatted(machine.freeBytes().getAsLong() >> 20)
                                        : "nothing can be read either"))
                .orElse("");
        return new SessionException(
                "checkpoint %s: QEMU could not write it%s (%s); those before it are whole: make room, or checkpoint delete one"
                        .formatted(name, where, error.strip()),
                new SessionFailure.Refused("QEMU"),
                refusal);
    }

    /** What QEMU said, in words that tell what to do about it. */
    static RuntimeException explained(QmpException refusal) {
        String error = refusal.failure() instanceof QmpFailure.JobFailed job ? job.error() : "";
        List<String> mounted = MountLine.mountedTags(List.of(error));
        if (mounted.isEmpty()) {
            return refusal;
        }
        return new SessionException(
                "checkpoint: the share %s is mounted in the guest, and its open files cannot go back; umount it there first"
                        .formatted(mounted.get(0)),
                new SessionFailure.Refused("QEMU"),
                refusal);
    }
}
