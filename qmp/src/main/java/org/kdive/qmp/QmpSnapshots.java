package org.kdive.qmp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.kdive.qmp.Blocks.BlockNode;
import org.kdive.qmp.Blocks.BlockdevAdd;
import org.kdive.qmp.Blocks.BlockdevCreate;
import org.kdive.qmp.Blocks.QueryNamedBlockNodes;
import org.kdive.qmp.Blocks.Snapshot;
import org.kdive.qmp.Blocks.SnapshotDelete;
import org.kdive.qmp.Blocks.SnapshotLoad;
import org.kdive.qmp.Blocks.SnapshotSave;

/**
 * Snapshots of the whole machine in one writable qcow2 node, which need not be attached to any device. Safe from any
 * thread; QEMU does one at a time.
 */
public final class QmpSnapshots {
    // The machine's state lies behind the disk's contents, so the disk itself may be tiny.
    private static final long EMPTY_DISK_BYTES = 1 << 20;

    private final QmpClient client;
    private final QmpJobs jobs;
    private final String vmStateNode;
    private final List<String> nodes;
    private final Duration deadline;
    private final AtomicLong lastJob = new AtomicLong();

    /** {@code nodes} are those whose contents go with the machine's state; the first holds that state. */
    public QmpSnapshots(QmpClient client, List<String> nodes, Duration deadline) {
        this.client = client;
        this.jobs = new QmpJobs(client);
        this.nodes = List.copyOf(nodes);
        this.vmStateNode = nodes.get(0);
        this.deadline = deadline;
    }

    /** Makes an empty qcow2 and adds it as an unattached node, without qemu-img and after launch. */
    public static CompletableFuture<QmpSnapshots> createIn(
            QmpClient client, Path file, String nodeName, Duration deadline) {
        QmpSnapshots snapshots = new QmpSnapshots(client, List.of(nodeName), deadline);
        String fileNode = nodeName + "-file";
        Map<String, ?> plainFile = Map.of("driver", "file", "filename", file.toString(), "size", 0);
        Map<String, ?> qcow2 = Map.of("driver", "qcow2", "file", fileNode, "size", EMPTY_DISK_BYTES);
        return snapshots
                .create(plainFile)
                .thenCompose(made -> client.execute(
                        new BlockdevAdd(Map.of("driver", "file", "node-name", fileNode, "filename", file.toString()))))
                .thenCompose(added -> snapshots.create(qcow2))
                .thenCompose(made -> client.execute(
                        new BlockdevAdd(Map.of("driver", "qcow2", "node-name", nodeName, "file", fileNode))))
                .thenApply(added -> snapshots);
    }

    /**
     * Adds a qcow2 image that dies with QEMU as an unattached node. QEMU loads a state in pieces of 32 KiB, and hands each to
     * another thread and back: by io_uring it takes a third of the time (QEMU 7.2: 0.05 s for 0.15). Only QEMU can tell
     * whether the host lets it, and one that is told so on its command line and may not does not start at all. Waits for
     * the answer: not on the event loop.
     */
    public static void openScratch(QmpClient client, Path image, String nodeName) {
        Map<String, ?> plain = Map.of("driver", "file", "filename", image.toString());
        Map<String, Object> fast = new LinkedHashMap<>(plain);
        fast.put("aio", "io_uring");
        try {
            client.call(scratch(nodeName, fast));
        } catch (QmpException refused) {
            client.call(scratch(nodeName, plain));
        }
    }

    private static BlockdevAdd scratch(String nodeName, Map<String, ?> file) {
        return new BlockdevAdd(
                Map.of("driver", "qcow2", "node-name", nodeName, "cache", Map.of("no-flush", true), "file", file));
    }

    /** Saves under a tag that must be new. STOP and RESUME events go by if the machine runs. */
    public CompletableFuture<Void> save(String tag) {
        return jobs.run(new SnapshotSave(nextJobId(), tag, vmStateNode, nodes), deadline);
    }

    /** A failure leaves a machine that ran stopped, in status "restore-vm". */
    public CompletableFuture<Void> load(String tag) {
        return jobs.run(new SnapshotLoad(nextJobId(), tag, vmStateNode, nodes), deadline);
    }

    /** A tag that is not there is no failure. */
    public CompletableFuture<Void> delete(String tag) {
        return jobs.run(new SnapshotDelete(nextJobId(), tag, nodes), deadline);
    }

    /** What the node that holds the machine's state has, oldest first as QEMU lists them. */
    public CompletableFuture<List<Snapshot>> list() {
        return client.execute(new QueryNamedBlockNodes())
                .thenApply(all -> all.stream()
                        .filter(node -> node.name().equals(vmStateNode))
                        .findFirst()
                        .map(BlockNode::snapshots)
                        .orElse(List.of()));
    }

    private CompletableFuture<Void> create(Map<String, ?> options) {
        return jobs.run(new BlockdevCreate(nextJobId(), options), deadline);
    }

    // Jobs are shared by all monitors of a QEMU: two of us on one guest must not take each other's for their own.
    private String nextJobId() {
        return "kdive-%d-%s-%d".formatted(ProcessHandle.current().pid(), vmStateNode, lastJob.incrementAndGet());
    }
}
