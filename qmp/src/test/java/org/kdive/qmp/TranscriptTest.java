package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.Blocks.BlockNode;
import org.kdive.qmp.Blocks.BlockdevAdd;
import org.kdive.qmp.Blocks.BlockdevCreate;
import org.kdive.qmp.Blocks.SnapshotDelete;
import org.kdive.qmp.Blocks.SnapshotLoad;
import org.kdive.qmp.Blocks.SnapshotSave;
import org.kdive.qmp.RunControl.Cont;
import org.kdive.qmp.RunControl.HumanMonitor;
import org.kdive.qmp.RunControl.QueryStatus;
import org.kdive.qmp.RunControl.Quit;
import org.kdive.qmp.RunControl.RunStatus;
import org.kdive.qmp.RunControl.Stop;
import org.kdive.qmp.RunControl.SystemReset;

/** What a real QEMU 7.2 said, said again. */
final class TranscriptTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final List<String> VM0 = List.of("vm0");

    @TempDir
    private Path directory;

    @Test
    void runState() throws Exception {
        Transcript.load("run-state.qmp").play(directory, client -> {
            QmpSubscription events = client.subscribe(event -> true);
            assertThat(client.greeting().version()).startsWith("7.2.22 (Debian 1:7.2+dfsg");
            assertThat(client.greeting().capabilities()).containsExactly("oob");
            assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("prelaunch", false));
            client.call(new Cont());
            assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("running", true));
            client.call(new Stop());
            client.call(new SystemReset());
            assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("prelaunch", false));
            for (String name : List.of("RESUME", "STOP", "RESET")) {
                assertThat(events.poll(SOON)).get().extracting(QmpEvent::name).isEqualTo(name);
            }
            refusals(client);
            assertThat(client.call(new HumanMonitor("info blah"))).isEqualTo("unknown command: 'info blah'\n");
            assertThat(client.call(new HumanMonitor("info status"))).isEqualTo("VM status: paused (prelaunch)\n");
            assertThat(client.call(new Devices.QueryCpusFast()))
                    .extracting(Devices.Cpu::qomPath)
                    .containsExactly("/machine/unattached/device[0]");
        });
    }

    private static void refusals(QmpClient client) {
        assertThatThrownBy(() -> client.call("no-such-command", Map.of()))
                .hasMessage("QEMU refused {\"execute\":\"no-such-command\"}: "
                        + "CommandNotFound: The command no-such-command has not been found");
        Map<String, String> noFsdev = Map.of("fsdev", "nofs");
        assertThatThrownBy(() -> client.call(new Devices.DeviceAdd("virtio-9p-pci", noFsdev)))
                .hasMessage("QEMU refused {\"execute\":\"device_add\",\"arguments\":{\"driver\":\"virtio-9p-pci\","
                        + "\"fsdev\":\"nofs\"}}: 9pfs device couldn't find fsdev with the id = nofs");
    }

    @Test
    void quit() throws Exception {
        Transcript.load("quit.qmp").play(directory, client -> {
            QmpSubscription events = client.subscribe(event -> true);
            client.call(new Quit());
            assertThat(events.poll(SOON)).get().extracting(QmpEvent::name).isEqualTo("SHUTDOWN");
        });
    }

    /** The words are QEMU 7.2's, its io_uring_setup refused by strace's fault injection. */
    @Test
    void scratchIsOpenedWithoutIoUringWhereTheHostRefusesIt() throws Exception {
        Path image = directory.resolve("vm0.qcow2");
        String node = "> {\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"vm0\","
                + "\"cache\":{\"no-flush\":true},\"file\":{\"driver\":\"file\",%s\"filename\":\"" + image
                + "\"}},\"id\":%d}";
        String refusal =
                "< {\"error\": {\"class\": \"GenericError\", \"desc\": \"Unable to use io_uring: failed to init linux"
                        + " io_uring ring\"}, \"id\": 2}";
        Transcript.greetingThen(
                        node.formatted("\"aio\":\"io_uring\",", 2),
                        refusal,
                        node.formatted("", 3),
                        "< {\"return\": {}, \"id\": 3}")
                .play(directory, client -> QmpSnapshots.openScratch(client, image, "vm0"));
    }

    @Test
    void snapshotsAndTheirJobs() throws Exception {
        Transcript.load("snapshots.qmp").play(directory, client -> {
            QmpJobs jobs = new QmpJobs(client);
            String file = "vm0.qcow2";
            finish(jobs.run(new BlockdevCreate("j1", Map.of("driver", "file", "filename", file, "size", 0)), SOON));
            client.call(new BlockdevAdd(Map.of("driver", "file", "node-name", "vm0-file", "filename", file)));
            finish(jobs.run(
                    new BlockdevCreate("j2", Map.of("driver", "qcow2", "file", "vm0-file", "size", 1 << 20)), SOON));
            client.call(new BlockdevAdd(Map.of("driver", "qcow2", "node-name", "vm0", "file", "vm0-file")));
            finish(jobs.run(new SnapshotSave("j3", "one", "vm0", VM0), SOON));
            assertJobFails(
                    () -> finish(jobs.run(new SnapshotSave("j4", "one", "vm0", VM0), SOON)),
                    "Snapshot 'one' already exists in one or more devices");
            finish(jobs.run(new SnapshotLoad("j5", "one", "vm0", VM0), SOON));
            assertNodes(client.call(new Blocks.QueryNamedBlockNodes()));
            assertJobFails(
                    () -> finish(jobs.run(new SnapshotLoad("j6", "two", "vm0", VM0), SOON)),
                    "Snapshot 'two' does not exist in one or more devices");
            finish(jobs.run(new SnapshotDelete("j7", "one", VM0), SOON));
            client.call(new QueryStatus());
        });
    }

    private static void assertNodes(List<BlockNode> nodes) {
        BlockNode vm0 = nodes.stream()
                .filter(node -> node.name().equals("vm0"))
                .findFirst()
                .orElseThrow();
        assertThat(vm0.driver()).isEqualTo("qcow2");
        assertThat(vm0.virtualSizeBytes()).isEqualTo(1 << 20);
        assertThat(vm0.snapshots()).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.tag()).isEqualTo("one");
            assertThat(snapshot.vmStateBytes()).isEqualTo(387381);
            assertThat(snapshot.guestTime()).isEqualTo(Duration.ZERO);
        });
    }

    private static void assertJobFails(ThrowingCallable job, String error) {
        assertThatThrownBy(job)
                .isInstanceOfSatisfying(
                        QmpException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        QmpFailure.JobFailed.class,
                                        failed -> assertThat(failed.error()).isEqualTo(error)));
    }

    private static void finish(CompletableFuture<?> job) throws Exception {
        try {
            job.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof QmpException failed ? failed : e;
        }
    }
}
