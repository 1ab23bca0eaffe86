package org.kdive.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;

/**
 * A running QEMU and its channels. It dies with this process however that ends; closing it leaves nothing behind. Safe
 * from any thread.
 */
public final class Machine implements AutoCloseable {
    /** What QEMU calls the character device behind the guest's console. */
    public static final String CONSOLE_CHARDEV = "console";

    // A QEMU that is asked to quit flushes its disks first; one that has not managed in this time is stuck.
    private static final Duration QUIT = Duration.ofSeconds(3);

    private static final Duration FLUSH = Duration.ofSeconds(30);

    private final MachineSpec spec;
    private final RunDirectory run;
    private final ResetLog resets;
    private final Supervisor supervisor;
    private final QmpClient qmp;
    private final Console console;
    private final Shares shares;
    private final @Nullable ConsolePipe pipe; // null unless the run is recorded or replayed
    private final AtomicBoolean closed = new AtomicBoolean();

    Machine(
            MachineSpec spec,
            RunDirectory run,
            Supervisor supervisor,
            QmpClient qmp,
            Console console,
            @Nullable ConsolePipe pipe) {
        this.spec = spec;
        this.run = run;
        this.resets = new ResetLog(run.resetLog());
        this.supervisor = supervisor;
        this.qmp = qmp;
        this.console = console;
        this.pipe = pipe;
        this.shares = new Shares(spec, run, qmp);
    }

    /**
     * Starts QEMU, stopped before the guest's first instruction. When it cannot, nothing is left of the attempt and the
     * failure says why: {@link MachineFailure.NoQemu}, {@link MachineFailure.QemuRefused} with QEMU's own words,
     * {@link MachineFailure.NotReady}, {@link MachineFailure.KvmUnusable} and others.
     */
    public static Machine boot(MachineSpec spec, Duration deadline) {
        return boot(spec, null, deadline);
    }

    /** The same with the snapshots of a bundle, which the caller loads; null: with none. */
    public static Machine boot(MachineSpec spec, @Nullable MachineBundle bundle, Duration deadline) {
        String searchPath = System.getenv("PATH");
        return new MachineBoot(spec, bundle, deadline, searchPath == null ? "" : searchPath).run();
    }

    /**
     * One snapshot of this machine as a file that {@link MachineBundle#open} opens elsewhere. Throws NotPortable, and BadBundle
     * when the file is there already or the disk is full.
     *
     * @param debugger kept with it
     * @param papers what else is to be in it, by name
     */
    public void export(Path file, String tag, Properties debugger, Map<String, byte[]> papers) {
        if (!shares.list().isEmpty()) {
            throw new MachineException(
                    "checkpoint export: a shared directory is on no other machine; checkpoint without --share or share add",
                    new MachineFailure.NotPortable("shares"));
        }
        new BundleWriter(spec, run, qmp).write(file, tag, debugger, papers);
    }

    /**
     * Lays into a directory what {@link Recording#onInto} needs: one snapshot of this machine. Throws NoRecording when something
     * is there, and NotRecordable.
     *
     * @return the machine that goes on from there
     */
    public MachineSpec layRecording(Path directory, String tag) {
        Recording recording = Recording.onInto(directory);
        MachineSpec recorded = spec.with(recording); // refuses what QEMU cannot record
        spec.snapshotNodes().forEach(this::flush);
        try {
            new RecordingFiles(spec, recording).lay(run, tag);
        } catch (IOException e) {
            throw new MachineException(
                    "record: %s: %s".formatted(directory, e.getMessage()),
                    new MachineFailure.NoRecording(directory),
                    e);
        }
        return recorded;
    }

    /** Takes away what was laid there for a machine that did not come up. */
    public static void discardRecording(MachineSpec recorded) {
        recorded.findRecording().ifPresent(one -> new RecordingFiles(recorded, one).discard());
    }

    // what QEMU still holds of an image's tables
    private void flush(String node) {
        var unused = Waits.within(
                qmp.execute("human-monitor-command", Map.of("command-line", "qemu-io %s flush".formatted(node))),
                FLUSH,
                "flush");
    }

    public MachineSpec spec() {
        return spec;
    }

    public QmpClient qmp() {
        return qmp;
    }

    /** Where QEMU's gdb stub listens, for one client at a time. */
    public SocketAddress gdb() {
        return UnixDomainSocketAddress.of(run.gdbSocket());
    }

    public Console console() {
        return console;
    }

    /** Directories given to the guest while it runs. Session thread only. */
    public Shares shares() {
        return shares;
    }

    public Path runDirectory() {
        return run.path();
    }

    /** What may still be written there; empty when it cannot be seen. */
    public OptionalLong freeBytes() {
        try {
            return OptionalLong.of(Files.getFileStore(run.path()).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** QEMU's own, not its supervisor's. */
    public long pid() {
        return supervisor.pid();
    }

    /** The host's threads behind the processors that the guest has now. */
    public VcpuThreads vcpuThreads() {
        return VcpuThreads.of(supervisor.pid(), qmp);
    }

    public List<String> commandLine() {
        return spec.commandLine(run);
    }

    /** The guest's RAM as it is this moment; throws {@link MachineFailure.NoMemory} when the host shows none. */
    public GuestMemory openMemory() {
        return GuestMemory.open(supervisor.pid(), memoryMap());
    }

    /** What lies at which physical address this moment: a guest moves its devices about. */
    public MemoryMap memoryMap() {
        return MemoryMap.read(qmp);
    }

    /** The triple fault that has reset the machine since the last call; empty if a reset was wanted. Session thread only. */
    public Optional<TripleFault> tripleFault() {
        return resets.next();
    }

    /** The machine is as it is known to be: what restarted it before is no news any more. Session thread only. */
    public void markRestarts() {
        resets.mark();
    }

    /** Whether it has been reset since, or put back to a snapshot. Session thread only. */
    public boolean hasRestarted() {
        return resets.hasRestarted();
    }

    /** Completes when QEMU has ended, by whatever cause; this machine still wants closing then. */
    public CompletableFuture<MachineExit> exit() {
        return supervisor.exit().copy();
    }

    /** Whether QEMU has a file open this moment; false when that cannot be seen. */
    public boolean holds(Path file) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + supervisor.pid() + "/fd"))) {
            return open.anyMatch(number -> isLink(number, file));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isLink(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file);
        } catch (IOException closed) {
            return false;
        }
    }

    /** Kills QEMU at once; what is left is removed by {@link #close}. */
    public void kill() {
        supervisor.killQemu();
    }

    /** Ends QEMU, by force in the end, and removes all of it. Returns when it is gone; twice is harmless. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            end();
        } catch (InterruptedException e) {
            supervisor.killQemu();
            supervisor.letGo();
            Thread.currentThread().interrupt();
        } finally {
            console.close();
            qmp.close();
            run.remove();
        }
    }

    private OptionalLong recorded() {
        return spec.findRecording().filter(Recording::isRecord).isPresent()
                ? RecordingFiles.stopAndCount(qmp)
                : OptionalLong.empty();
    }

    /**
     * From the next byte on that QEMU writes to the guest's serial line, its words are shown or dropped; a replay says all
     * of it again each time it passes. The guest must be stopped.
     */
    public void showConsole(boolean shown) {
        if (pipe != null) {
            pipe.show(shown);
        }
    }

    private void end() throws InterruptedException {
        if (!supervisor.exit().isDone()) {
            OptionalLong instructions = recorded();
            // The reply may be cut short by QEMU's end, which is what we wait for.
            var unused = qmp.execute("quit", Map.of(), QUIT);
            if (supervisor.awaitExit(QUIT) && spec.recording() != null) {
                instructions.ifPresent(new RecordingFiles(spec, spec.recording())::finish);
            }
        }
        supervisor.end();
    }
}
