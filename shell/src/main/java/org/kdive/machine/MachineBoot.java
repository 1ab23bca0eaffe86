package org.kdive.machine;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.kdive.images.disk.DiskImage;
import org.kdive.images.disk.Qcow2Writer;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpListener;
import org.kdive.qmp.QmpSnapshots;

/** One attempt to start a machine: everything is taken back when any step fails. */
final class MachineBoot {
    // Once QEMU has hung up on us its end follows; this is how long it may take to be reported.
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final MachineSpec spec;
    private final @Nullable MachineBundle bundle; // null: the machine begins as a new one
    private final Duration deadline;
    private final String searchPath;

    MachineBoot(MachineSpec spec, @Nullable MachineBundle bundle, Duration deadline, String searchPath) {
        this.spec = spec;
        this.bundle = bundle;
        this.deadline = deadline;
        this.searchPath = searchPath;
    }

    Machine run() {
        requireQemu();
        if (spec.accelerator() == Accelerator.KVM && spec.architecture() == GuestArchitecture.X86_64) {
            KvmProbe.require(spec.qemu(), spec.cpu().isEmpty() ? "qemu64" : spec.cpu());
        }
        RunDirectory run = RunDirectory.create();
        try {
            return start(run);
        } catch (IOException e) {
            run.remove();
            throw new MachineException(
                    "prepare %s: %s".formatted(run.path(), e), new MachineFailure.NoRunDirectory(run.path()), e);
        } catch (RuntimeException e) {
            run.remove();
            throw e;
        }
    }

    private void requireQemu() {
        if (HostPrograms.find(spec.qemu(), searchPath).isEmpty()) {
            String where = spec.qemu().indexOf('/') < 0 ? "not on the path" : "no such program";
            throw new MachineException(
                    "start %s: %s; install QEMU or name it with --qemu".formatted(spec.qemu(), where),
                    new MachineFailure.NoQemu(spec.qemu()));
        }
    }

    private Machine start(RunDirectory run) throws IOException {
        if (spec.recording() != null) {
            new RecordingFiles(spec, spec.recording()).prepare(run);
        } else if (bundle != null) {
            bundle.unpack(spec, run);
        } else {
            writeScratch(run);
        }
        // Both listen before QEMU exists, and it connects: there is no moment at which it could be missed.
        try (QmpListener listener = QmpClient.listen(UnixDomainSocketAddress.of(run.qmpSocket()));
                ServerSocketChannel serial = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            serial.bind(UnixDomainSocketAddress.of(run.consoleSocket()));
            return launch(run, listener, serial);
        }
    }

    private void writeScratch(RunDirectory run) throws IOException {
        if (spec.snapshots()) {
            ScratchImage.write(run.snapshotImage());
        }
        for (int i = 0; i < spec.disks().size(); i++) {
            Disk disk = spec.disks().get(i);
            if (disk.access() == Disk.Access.SCRATCH) {
                Qcow2Writer.writeEmpty(
                        run.diskOverlay(i), DiskImage.read(disk.file()).virtualBytes());
            }
        }
    }

    private Machine launch(RunDirectory run, QmpListener listener, ServerSocketChannel serial) throws IOException {
        List<String> commandLine = spec.commandLine(run);
        Supervisor supervisor = Supervisor.start(commandLine, run.path());
        @Nullable QmpClient qmp = null; // until QEMU has connected
        try {
            qmp = awaitQmp(listener, supervisor, commandLine);
            // QEMU opens its character devices in the command line's order, long before it greets.
            @Nullable ConsolePipe pipe = findPipe(run, qmp);
            if (spec.snapshots() && spec.recording() == null) {
                QmpSnapshots.openScratch(qmp, run.snapshotImage(), MachineSpec.SNAPSHOT_NODE);
            }
            SocketChannel line = serial.accept();
            return new Machine(spec, run, supervisor, qmp, Console.over(line, run.consoleLog()), pipe);
        } catch (IOException | RuntimeException e) {
            if (qmp != null) {
                qmp.close();
            }
            abandon(supervisor);
            throw e;
        }
    }

    private @Nullable ConsolePipe findPipe(RunDirectory run, QmpClient qmp) throws IOException {
        Recording recording = spec.recording();
        if (recording == null) {
            return null;
        }
        new RecordingFiles(spec, recording).launched(qmp.greeting().version());
        ConsolePipe pipe = new ConsolePipe(run);
        pipe.connect();
        return pipe;
    }

    private static void abandon(Supervisor supervisor) {
        try {
            supervisor.end();
        } catch (InterruptedException e) {
            supervisor.letGo();
            Thread.currentThread().interrupt();
        }
    }

    private QmpClient awaitQmp(QmpListener listener, Supervisor supervisor, List<String> commandLine) {
        CompletableFuture<QmpClient> accepted = listener.accept();
        try {
            CompletableFuture.anyOf(accepted, supervisor.exit()).get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            if (accepted.isDone()) {
                return accepted.get();
            }
            throw refused(supervisor.exit().join(), commandLine);
        } catch (TimeoutException e) {
            throw notReady(supervisor, e);
        } catch (ExecutionException e) {
            throw hungUp(supervisor, commandLine, e);
        } catch (InterruptedException e) {
            throw Waits.interrupted("start QEMU", e);
        }
    }

    private RuntimeException hungUp(Supervisor supervisor, List<String> commandLine, ExecutionException e) {
        try {
            if (supervisor.awaitExit(LAST_WORDS)) {
                return refused(supervisor.exit().join(), commandLine);
            }
        } catch (InterruptedException interrupted) {
            return Waits.interrupted("start QEMU", interrupted);
        }
        return e.getCause() instanceof QmpException cause ? cause : notReady(supervisor, e);
    }

    private MachineException notReady(Supervisor supervisor, Exception cause) {
        String stderr = String.join("\n", supervisor.stderr());
        return new MachineException(
                "start %s: not ready within %.1f s%s"
                        .formatted(
                                spec.qemu(),
                                deadline.toMillis() / 1000.0,
                                stderr.isEmpty() ? "" : "; it said: " + stderr),
                new MachineFailure.NotReady(deadline, stderr),
                cause);
    }

    private MachineException refused(MachineExit exit, List<String> commandLine) {
        return new MachineException(
                "start %s: %s".formatted(spec.qemu(), exit.describe()),
                new MachineFailure.QemuRefused(exit.status(), String.join("\n", exit.stderr()), commandLine));
    }
}
