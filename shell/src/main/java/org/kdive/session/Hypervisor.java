package org.kdive.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Share;
import org.kdive.machine.Shares;
import org.kdive.qmp.Blocks;
import org.kdive.qmp.QmpSnapshots;
import org.kdive.qmp.QmpValue;

/** QEMU's own side of the machine: monitor, QMP, reset, snapshots, shares. Session thread. */
public final class Hypervisor {
    private static final Duration SNAPSHOT_DEADLINE = Duration.ofMinutes(2);

    private final Target target;
    private final Notices notices;
    private final RunControl control;
    private final SlideSearch slide;
    private final MonitorDesk monitors;
    private final Hotplug hotplug;
    private final ShareMounts mounts;
    private final GuestImage guestImage;
    private final StopCheck check;
    private @Nullable String foreignConsole; // null: none, or a machine of ours
    private final Map<String, Saved> saved = new HashMap<>();

    /** What of a snapshot is kdive's: who was looked at, and where the kernel was. */
    private record Saved(ThreadId thread, SlideSearch.Place place) {}

    Hypervisor(Target target, RunControl control, SlideSearch slide, Workbench bench) {
        this.notices = bench.notices();
        this.target = target;
        this.control = control;
        this.slide = slide;
        this.monitors = new MonitorDesk(target, control, notices);
        this.mounts = new ShareMounts(target, control, bench);
        this.hotplug = new Hotplug(monitors);
        this.check = new StopCheck(control, target, slide, notices);
        this.guestImage = new GuestImage(target, monitors, control, notices);
    }

    /** What QEMU's monitors know and say unasked. */
    public MonitorDesk monitors() {
        return monitors;
    }

    /** A BREAK on one of the guest's serial lines. Throws Unsupported where nobody can send one. */
    public void sendBreak(String chardev) {
        String line = target.machine().isPresent() ? chardev : foreignLine();
        monitors.call("chardev-send-break", Map.of("id", line));
    }

    /** Where the console of somebody else's machine is, as the user spelled it; null: there is none. */
    void consoleAt(@Nullable String words) {
        foreignConsole = words;
    }

    // "filename": "pty:/dev/pts/3", "unix:/run/line,server=on"; Java has no tcsendbreak(3)
    private String foreignLine() {
        String words = foreignConsole;
        Optional<String> label = words == null || !monitors.hasQmp()
                ? Optional.empty()
                : monitors.call("query-chardev", Map.of()).list().stream()
                        .filter(one -> one.text("filename").contains(words.replaceFirst("^(unix|tcp):", "")))
                        .map(one -> one.text("label"))
                        .findFirst();
        return label.orElseThrow(() -> new SessionException(
                "BREAK: only the QEMU at the other end can send one, and no --qmp leads to it;"
                        + " in the guest: echo KEY >/proc/sysrq-trigger",
                new SessionFailure.Unsupported("BREAK")));
    }

    /** Throws NoTarget for a machine that is not ours, Unsupported in a recorded run, whose machine must stay as it is. */
    Machine requireMachineFor(String what) {
        Machine ours = requireMachine();
        if (target.recorded().isEither()) {
            throw new SessionException(
                    what + ": a recorded machine must stay as it is", new SessionFailure.Unsupported(what));
        }
        return ours;
    }

    /** Devices that come and go. */
    public Hotplug hotplug() {
        return hotplug;
    }

    /** The guest as a core file. */
    public GuestImage guestImage() {
        return guestImage;
    }

    /** HMP; the answer as QEMU gives it, errors included: HMP does not tell them apart. */
    public String monitor(String command) {
        String answer = target.monitor(command);
        target.invalidate(); // a monitor command may have written to the guest
        return answer;
    }

    /** Any QMP command. Throws QmpException with what QEMU said. */
    public QmpValue qmp(String command, Map<String, ?> arguments) {
        QmpValue answer = target.requireQmp("qmp").call(command, arguments);
        target.invalidate();
        return answer;
    }

    /** Looks for what another monitor did of which QEMU told nobody; a stop may be another from here on. */
    public void lookAround() {
        check.lookForRestore();
    }

    /** What was read before is void: QEMU did something to the guest that is not ours to know. */
    public void touched() {
        target.invalidate();
    }

    /** Resets the machine; it stays stopped if it was, and starts over if it ran. */
    public void reset() {
        target.recorded().requireChangeable("reset");
        target.requireQmp("reset").call("system_reset", Map.of());
    }

    /** Ends a QEMU of ours without asking it: one that is stuck. */
    public void killProcess() {
        target.machine().ifPresent(Machine::kill);
    }

    /** The machine we booted; Unsupported when attached. */
    public Machine requireMachine() {
        return target.machine()
                .orElseThrow(() -> new SessionException(
                        "this machine was not booted by kdive", new SessionFailure.Unsupported("a foreign machine")));
    }

    public Shares shares() {
        return requireMachine().shares();
    }

    /** Plugs a virtio-9p device for a directory of the host; answers what is to be known about mounting it. */
    public Optional<String> addShare(Share wanted) {
        target.recorded().requireChangeable("share");
        Share share = wanted.fitting();
        shares().add(share);
        if (share.access() != wanted.access()) {
            notices.notice(ShareSupport.plain(share));
        }
        return mounts.want(share, true);
    }

    /** Takes one out that was plugged in, unmounted first if it was mounted by the shell on the console. Throws ShareInUse. */
    public void removeShare(String tag, Duration deadline) {
        Optional<String> refusal = shares().list().stream()
                .filter(share -> share.tag().equals(tag))
                .findFirst()
                .flatMap(mounts::unmount)
                .filter(answer -> !answer.yes())
                .map(MountLine.Answer::words);
        if (refusal.isPresent()) {
            throw new SessionException(
                    "share remove %s: the guest does not let go of it: %s".formatted(tag, refusal.get()),
                    new SessionFailure.Refused("the guest"));
        }
        shares().remove(tag, deadline);
    }

    /** Who mounts shares in the guest. */
    ShareMounts mounts() {
        return mounts;
    }

    public void saveSnapshot(String name) {
        Stop stop = control.requireStop();
        Waits.on(snapshots().save(name), SNAPSHOT_DEADLINE, "save snapshot " + name);
        saved.put(name, new Saved(stop.thread(), slide.place()));
    }

    /** The machine as it was; the stop that comes back is the new truth, and everything read before is void. */
    public Stop loadSnapshot(String name) {
        Stop before = control.requireStop();
        target.recorded().requireNotRecording("snapshot load");
        Waits.on(snapshots().load(name), SNAPSHOT_DEADLINE, "load snapshot " + name);
        target.rewound();
        Saved then = saved.getOrDefault(name, new Saved(before.thread(), slide.place()));
        slide.restore(then.place());
        return control.stoppedBy(new Cause.Restored(name), then.thread());
    }

    public void deleteSnapshot(String name) {
        Waits.on(snapshots().delete(name), SNAPSHOT_DEADLINE, "delete snapshot " + name);
        saved.remove(name);
    }

    public List<Blocks.Snapshot> listSnapshots() {
        return Waits.on(snapshots().list(), "list snapshots");
    }

    /** Name and value of what there is to say about the machine, in order; a screenful. */
    public Map<String, String> describe() {
        return MachineFacts.of(target, slide);
    }

    private QmpSnapshots snapshots() {
        List<String> nodes = target.machine()
                .map(machine -> machine.spec().snapshotNodes())
                .orElse(List.of(MachineSpec.SNAPSHOT_NODE));
        return new QmpSnapshots(target.requireQmp("snapshot"), nodes, SNAPSHOT_DEADLINE);
    }
}
