package org.kdive.session;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.GuestMemory;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineBundle;
import org.kdive.machine.PageSums;
import org.kdive.qmp.Blocks;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpSnapshots;

/** The moments of this target that can be gone back to. Session thread. */
public final class Checkpoints {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration LEAVING = Duration.ofSeconds(10);
    private static final Pattern NAME = Pattern.compile("(?!\\d+$)[\\w.+-]{1,100}");

    private final Target target;
    private final RunControl control;
    private final SlideSearch slide;
    private final Breakpoints breakpoints;
    private final Convenience convenience;
    private final Notices notices;
    private final ConsoleDesk console;
    private final Map<Integer, Checkpoint> byNumber = new TreeMap<>();
    private OptionalInt present = OptionalInt.empty(); // the one that the guest comes from
    private List<String> brought = List.of();
    private int lastNumber;

    Checkpoints(Target target, RunControl control, SlideSearch slide, Workbench bench) {
        this.target = target;
        this.control = control;
        this.slide = slide;
        this.breakpoints = bench.breakpoints();
        this.convenience = bench.convenience();
        this.notices = bench.notices();
        this.console = bench.console();
    }

    /** In the order in which they were taken. */
    public Collection<Checkpoint> all() {
        return List.copyOf(byNumber.values());
    }

    /** The one that the guest was last saved as or went back to. */
    public OptionalInt present() {
        return present;
    }

    /** By number or name; empty means the last. Throws Usage when there is none. */
    public Checkpoint require(String numberOrName) {
        return find(numberOrName)
                .orElseThrow(() -> new SessionException(
                        numberOrName.isEmpty() ? "No checkpoints." : "No checkpoint %s.".formatted(numberOrName),
                        new SessionFailure.Usage("info checkpoints")));
    }

    private Optional<Checkpoint> find(String numberOrName) {
        return byNumber.values().stream()
                .filter(one -> numberOrName.isEmpty()
                        || one.name().equals(numberOrName)
                        || String.valueOf(one.number()).equals(numberOrName))
                .reduce((earlier, later) -> later);
    }

    /**
     * Keeps this moment. A guest that runs is held meanwhile, and goes on.
     *
     * @param name null for one that is made here
     * @param frontEnd brings back what the front end shows; called by {@link #rewind}
     */
    public Checkpoint take(@Nullable String name, String message, Keepsake frontEnd) {
        String chosen = name == null ? "cp" + (lastNumber + 1) : name;
        check(chosen);
        List<String> nodes = GoingBack.nodes(target, target.requireQmp("checkpoint"));
        Pause pause = Pause.of(control, notices);
        try {
            Stop stop = pause.stop();
            PageSums pages = save(chosen, nodes);
            return keep(chosen, message, stop, pages, nodes, frontEnd);
        } finally {
            pause.end();
        }
    }

    private Checkpoint keep(
            String name, String message, Stop stop, @Nullable PageSums pages, List<String> nodes, Keepsake frontEnd) {
        Blocks.Snapshot kept = saved(name, nodes);
        int number = lastNumber + 1;
        Checkpoint made = new Checkpoint(
                number,
                name,
                message,
                kept.taken(),
                stop.pc(),
                target.describe(stop.pc()),
                kept.guestTime(),
                kept.vmStateBytes(),
                present,
                new Checkpoint.Debugger(
                        stop.thread(),
                        slide.place(),
                        breakpoints.save(),
                        convenience.save(),
                        nodes,
                        Inventory.of(stop, target),
                        pages,
                        frontEnd));
        byNumber.put(number, made);
        lastNumber = number;
        present = OptionalInt.of(number);
        return made;
    }

    private void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new SessionException(
                    "\"%s\" is no name for a checkpoint: letters, digits and _ . + -, and not digits alone"
                            .formatted(name),
                    new SessionFailure.Usage("checkpoint [NAME] [-m \"WHY\"]"));
        }
        if (find(name).isPresent()) {
            throw new SessionException(
                    "there is a checkpoint %s already; checkpoint delete %s forgets it".formatted(name, name),
                    new SessionFailure.Usage("checkpoint delete " + name));
        }
    }

    // RAM is looked at while QEMU writes it: the guest stands still
    private @Nullable PageSums save(String name, List<String> nodes) {
        CompletableFuture<Void> saving = snapshots(nodes).save(name);
        PageSums pages = target.ram().ours().map(GuestMemory::sums).orElse(null);
        try {
            Waits.on(saving, DEADLINE, "save checkpoint " + name);
        } catch (QmpException e) {
            throw GoingBack.unsaved(e, name, target.machine());
        }
        return pages;
    }

    private Blocks.Snapshot saved(String name, List<String> nodes) {
        return Waits.on(snapshots(nodes).list(), "list snapshots").stream()
                .filter(one -> one.tag().equals(name))
                .findFirst()
                .orElseThrow(() -> new SessionException(
                        "checkpoint %s: QEMU says it is saved, and does not list it".formatted(name),
                        new SessionFailure.Refused("QEMU")));
    }

    /** The machine and the debugger as they were: the stop that comes back is the new truth, everything read before is void. */
    public Stop rewind(Checkpoint to) {
        target.recorded().requireNotRecording("rewind");
        var unused = Pause.of(control, notices);
        Checkpoint.Debugger then = to.debugger();
        load(to.name(), then.nodes());
        tellOfTheLost(then.breakpoints());
        slide.restore(then.place());
        breakpoints.restore(then.breakpoints());
        convenience.restore(then.convenience());
        then.frontEnd().restore();
        present = OptionalInt.of(to.number());
        return control.stoppedBy(new Cause.Rewound(to.name()), then.thread());
    }

    /** As {@link #rewind}, but the convenience variables stay: what counts the runs from one moment must not go back with them. */
    public Stop rewindKeepingValues(Checkpoint to) {
        Convenience.Saved now = convenience.save();
        Stop stop = rewind(to);
        convenience.restore(now);
        return stop;
    }

    private void load(String name, List<String> nodes) {
        try {
            Waits.on(snapshots(nodes).load(name), DEADLINE, "rewind to " + name);
        } catch (QmpException e) {
            throw GoingBack.explained(e);
        } finally {
            target.rewound(); // a load that failed half-way has changed the machine as well
        }
        console.lines().forEach(line -> line.console().skip("rewound to " + name));
    }

    /**
     * To a file that opens on another machine.
     *
     * @param papers what else is to be in it, by name: for people
     */
    public void export(Checkpoint one, Path file, Map<String, byte[]> papers) {
        Machine machine = target.machine()
                .orElseThrow(() -> new SessionException(
                        "checkpoint export: kdive did not boot this machine, and cannot tell how to make its like",
                        new SessionFailure.Unsupported("checkpoint export")));
        Properties debugger = new DebuggerText(target).written(one);
        console.write(debugger);
        machine.export(file, one.name(), debugger, papers);
    }

    /** The machine was made for a bundle, and goes there now. */
    Stop open(MachineBundle bundle) {
        List<String> nodes = GoingBack.nodes(target, target.requireQmp("checkpoint"));
        try {
            load(bundle.tag(), nodes);
        } catch (QmpException | SessionException e) {
            throw GoingBack.otherMachine(e, bundle, target.requireQmp("checkpoint"));
        }
        DebuggerText text = new DebuggerText(target);
        DebuggerText.Brought brought = text.read(bundle, slide::restore, notices);
        breakpoints.restore(brought.breakpoints());
        convenience.restore(brought.convenience());
        this.brought = brought.frontEnd();
        Stop stop = control.stoppedBy(new Cause.Rewound(bundle.tag()), brought.thread());
        if (stop.pc() != brought.pc()) {
            throw new SessionException(
                    "checkpoint %s: it was at 0x%x, and the machine is at 0x%x: the file is damaged"
                            .formatted(bundle.file(), brought.pc(), stop.pc()),
                    new SessionFailure.Io(bundle.file().toString()));
        }
        PageSums pages = target.ram().ours().map(GuestMemory::sums).orElse(null);
        keep(bundle.tag(), brought.message(), stop, pages, nodes, frontEnd(brought.frontEnd()));
        return stop;
    }

    // what the front end shows is its own from now on, and goes into a file again
    private static Keepsake frontEnd(List<String> lines) {
        return new Keepsake() {
            @Override
            public void restore() {}

            @Override
            public List<String> lines() {
                return lines;
            }
        };
    }

    /** What the front end kept in the bundle that was opened; empty when none was. */
    public List<String> brought() {
        return brought;
    }

    private void tellOfTheLost(Breakpoints.Saved then) {
        List<Integer> lost = breakpoints.all().stream()
                .filter(one -> then.find(one.number())
                        .filter(known -> known.location().equals(one.location()))
                        .isEmpty())
                .map(Breakpoint::number)
                .toList();
        if (!lost.isEmpty()) {
            notices.notice(
                    "set since, and gone with the rest of that future: breakpoint%s %s",
                    lost.size() == 1 ? "" : "s",
                    String.join(", ", lost.stream().map(String::valueOf).toList()));
        }
    }

    /** What is different at this stop. Throws GuestRunning. */
    public Difference compare(Checkpoint with) {
        Stop stop = control.requireStop();
        Inventory now = Inventory.of(stop, target);
        Inventory then = with.debugger().inventory();
        Optional<List<Long>> pages = with.debugger()
                .findPages()
                .flatMap(before -> target.ram().ours().map(ram -> ram.changedSince(before)));
        PageOwners.Counts counts =
                PageOwners.of(pages.orElse(List.of()), target.findProgram(), target.memory(stop.thread()));
        return new Difference(
                Difference.registers(then.registers(), now.registers()),
                pages.map(List::size).map(OptionalInt::of).orElseGet(OptionalInt::empty),
                PageSums.PAGE_BYTES,
                counts.owners(),
                counts.symbols(),
                Difference.Coming.of(then.tasks(), now.tasks()),
                Difference.Coming.of(then.modules(), now.modules()));
    }

    /** Those that came from it come from its parent from now on. */
    public void delete(Checkpoint gone) {
        Waits.on(snapshots(gone.debugger().nodes()).delete(gone.name()), DEADLINE, "delete checkpoint " + gone.name());
        byNumber.remove(gone.number());
        OptionalInt orphan = OptionalInt.of(gone.number());
        byNumber.replaceAll((number, one) -> one.parent().equals(orphan) ? one.withParent(gone.parent()) : one);
        if (present.equals(orphan)) {
            present = gone.parent();
        }
    }

    /** What is kept in disks that outlive this session is of no use without it, and taken out of them again. */
    void leave() {
        if (control.state() instanceof SessionState.Ended) {
            return;
        }
        List<String> dying =
                target.machine().map(ours -> ours.spec().snapshotNodes()).orElse(List.of());
        for (Checkpoint one : all()) {
            List<String> staying = one.debugger().nodes().stream()
                    .filter(node -> !dying.contains(node))
                    .toList();
            try {
                if (!staying.isEmpty()) {
                    Waits.on(snapshots(staying).delete(one.name()), LEAVING, "delete checkpoint " + one.name());
                }
            } catch (QmpException | SessionException e) {
                notices.notice("the checkpoint %s stays in the disk: %s", one.name(), String.valueOf(e.getMessage()));
            }
        }
    }

    private QmpSnapshots snapshots(List<String> nodes) {
        return new QmpSnapshots(target.requireQmp("checkpoint"), nodes, DEADLINE);
    }
}
