package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.Blocks.QueryJobs;
import org.kdive.qmp.Blocks.Snapshot;
import org.kdive.qmp.Blocks.SnapshotLoad;
import org.kdive.qmp.RunControl.QueryStatus;
import org.kdive.qmp.RunControl.RunStatus;

/** Snapshots of a real QEMU that listens, in a qcow2 which no device has. */
final class QmpSnapshotsIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private Qemu qemu;
    private QmpClient client;
    private QmpSnapshots snapshots;

    @BeforeEach
    void boot() throws Exception {
        Qemu.require();
        var socket = Qemu.socketIn(directory);
        qemu = Qemu.start(directory, "-qmp", "unix:" + socket + ",server=on,wait=off");
        client = Qemu.connect(socket);
        Path image = directory.resolve("vm0.qcow2");
        snapshots = finish(QmpSnapshots.createIn(client, image, "vm0", SOON));
        assertThat(image).isNotEmptyFile();
    }

    @AfterEach
    void powerOff() {
        if (client != null) {
            client.close();
        }
        if (qemu != null) {
            qemu.close();
        }
    }

    @Test
    void savesListsLoadsAndDeletes() throws Exception {
        finish(snapshots.save("one"));
        finish(snapshots.save("two"));
        assertThat(finish(snapshots.list())).extracting(Snapshot::tag).containsExactly("one", "two");
        finish(snapshots.load("one"));
        assertThat(client.call(new QueryStatus()).running()).isFalse();
        finish(snapshots.delete("one"));
        assertThat(finish(snapshots.list())).extracting(Snapshot::tag).containsExactly("two");
        assertThat(client.call(new QueryJobs())).isEmpty();
    }

    @Test
    void bringsMemoryBack() throws Exception {
        Path before = directory.resolve("before");
        Path after = directory.resolve("after");
        client.call(new GuestDump.PMemSave(0, 1 << 20, before));
        finish(snapshots.save("reset"));
        client.call(new RunControl.Cont());
        await().atMost(SOON)
                .until(
                        () -> { // the BIOS soon writes its tables
                            client.call(new GuestDump.PMemSave(0, 1 << 20, after));
                            return Files.mismatch(before, after) >= 0;
                        });
        client.call(new RunControl.Stop());
        finish(snapshots.load("reset"));
        client.call(new GuestDump.PMemSave(0, 1 << 20, after));
        assertThat(after).hasSameBinaryContentAs(before);
    }

    @Test
    void aRunningMachineRunsOnAfterALoad() throws Exception {
        client.call(new RunControl.Cont());
        finish(snapshots.save("one"));
        finish(snapshots.load("one"));
        assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("running", true));
    }

    @Test
    void aFailedLoadSaysWhyAndLeavesARunningMachineInRestoreVm() throws Exception {
        client.call(new RunControl.Cont());
        assertThat(QmpClientTest.failureOf(snapshots.load("nope")))
                .isInstanceOfSatisfying(
                        QmpFailure.JobFailed.class,
                        failed -> assertThat(failed.error())
                                .isEqualTo("Snapshot 'nope' does not exist in one or more devices"));
        assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("restore-vm", false));
        client.call(new RunControl.Cont());
        assertThat(client.call(new QueryStatus()).running()).isTrue();
        assertThat(client.call(new QueryJobs())).isEmpty();
    }

    @Test
    void aTagIsNotTakenTwice() throws Exception {
        finish(snapshots.save("one"));
        assertThat(QmpClientTest.failureOf(snapshots.save("one")))
                .extracting(QmpFailure::message)
                .asString()
                .contains("already exists");
    }

    @Test
    void aJobThatCannotStartIsRefused() throws Exception {
        finish(snapshots.save("one"));
        QmpJobs jobs = new QmpJobs(client);
        var wrongId = new SnapshotLoad("not an id!", "one", "vm0", List.of("vm0"));
        assertThat(QmpClientTest.failureOf(jobs.run(wrongId, SOON))).isInstanceOf(QmpFailure.Refused.class);
    }

    @Test
    void aQemuKilledWithAJobUnderWayIsADisconnection() throws Exception {
        client.call(new RunControl.Cont());
        CompletableFuture<Void> save = snapshots.save("one");
        qemu.process().destroyForcibly().waitFor();
        // Saving takes milliseconds, so now and then it is through before the signal.
        if (save.handle((saved, failure) -> failure != null).get(30, TimeUnit.SECONDS)) {
            assertThat(QmpClientTest.failureOf(save)).isInstanceOf(QmpFailure.Disconnected.class);
        }
        assertThat(QmpClientTest.failureOf(snapshots.save("two"))).isInstanceOf(QmpFailure.Disconnected.class);
    }

    private static <T> T finish(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }
}
