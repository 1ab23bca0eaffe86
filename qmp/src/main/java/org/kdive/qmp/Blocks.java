package org.kdive.qmp;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.qmp.RunControl.Plain;

/** The commands about block nodes, snapshots and jobs. QEMU qapi/block-core.json, migration.json, job.json. */
public final class Blocks {
    private Blocks() {}

    /** One snapshot in a node's image. {@code guestTime} is how long the guest had run. */
    public record Snapshot(String tag, long vmStateBytes, Instant taken, Duration guestTime) {
        static Snapshot read(QmpValue info) {
            return new Snapshot(
                    info.text("name"),
                    info.number("vm-state-size"),
                    Instant.ofEpochSecond(info.number("date-sec"), info.number("date-nsec")),
                    Duration.ofSeconds(info.number("vm-clock-sec"), info.number("vm-clock-nsec")));
        }
    }

    /** One node of the block graph. */
    public record BlockNode(
            String name,
            String driver,
            String file,
            boolean readOnly,
            long virtualSizeBytes,
            List<Snapshot> snapshots) {
        public BlockNode {
            snapshots = List.copyOf(snapshots);
        }

        static BlockNode read(QmpValue info) {
            QmpValue image = info.require("image");
            List<QmpValue> snapshots =
                    image.find("snapshots").map(QmpValue::list).orElse(List.of());
            return new BlockNode(
                    info.find("node-name").map(QmpValue::text).orElse(""),
                    info.text("drv"),
                    info.text("file"),
                    info.flag("ro"),
                    image.number("virtual-size"),
                    snapshots.stream().map(Snapshot::read).toList());
        }
    }

    /** {@code status} is QAPI's JobStatus; {@code error} is there once it has failed. */
    public record JobInfo(String id, String type, String status, long progress, long total, Optional<String> error) {
        static JobInfo read(QmpValue info) {
            return new JobInfo(
                    info.text("id"),
                    info.text("type"),
                    info.text("status"),
                    info.number("current-progress"),
                    info.number("total-progress"),
                    info.find("error").map(QmpValue::text));
        }
    }

    public record QueryNamedBlockNodes() implements QmpCommand<List<BlockNode>> {
        @Override
        public String name() {
            return "query-named-block-nodes";
        }

        @Override
        public List<BlockNode> read(QmpValue reply) {
            return reply.list().stream().map(BlockNode::read).toList();
        }
    }

    /** Adds a node, attached to no device; the options are those of {@code -blockdev}, "driver" and "node-name" first. */
    public record BlockdevAdd(Map<String, ?> options) implements Plain {
        public BlockdevAdd {
            options = Map.copyOf(options);
        }

        @Override
        public String name() {
            return "blockdev-add";
        }

        @Override
        public Map<String, ?> arguments() {
            return options;
        }
    }

    public record BlockdevDel(String nodeName) implements Plain {
        @Override
        public String name() {
            return "blockdev-del";
        }

        @Override
        public Map<String, ?> arguments() {
            return Map.of("node-name", nodeName);
        }
    }

    /** Makes an image; the options are BlockdevCreateOptions. */
    public record BlockdevCreate(String jobId, Map<String, ?> options) implements QmpCommand.Job {
        public BlockdevCreate {
            options = Map.copyOf(options);
        }

        @Override
        public String name() {
            return "blockdev-create";
        }

        @Override
        public Map<String, ?> arguments() {
            return QmpArguments.with("job-id", jobId).and("options", options).map();
        }
    }

    /** The machine's state into one node, and the contents of all named nodes with it. The guest stands still meanwhile. */
    public record SnapshotSave(String jobId, String tag, String vmStateNode, List<String> nodes)
            implements QmpCommand.Job {
        public SnapshotSave {
            nodes = List.copyOf(nodes);
        }

        @Override
        public String name() {
            return "snapshot-save";
        }

        @Override
        public Map<String, ?> arguments() {
            return snapshot(jobId, tag, nodes).and("vmstate", vmStateNode).map();
        }
    }

    /** If it fails on a running machine that machine is left stopped in "restore-vm" (QEMU 7.2, 10.0). */
    public record SnapshotLoad(String jobId, String tag, String vmStateNode, List<String> nodes)
            implements QmpCommand.Job {
        public SnapshotLoad {
            nodes = List.copyOf(nodes);
        }

        @Override
        public String name() {
            return "snapshot-load";
        }

        @Override
        public Map<String, ?> arguments() {
            return snapshot(jobId, tag, nodes).and("vmstate", vmStateNode).map();
        }
    }

    /** Deleting a tag that is not there succeeds. */
    public record SnapshotDelete(String jobId, String tag, List<String> nodes) implements QmpCommand.Job {
        public SnapshotDelete {
            nodes = List.copyOf(nodes);
        }

        @Override
        public String name() {
            return "snapshot-delete";
        }

        @Override
        public Map<String, ?> arguments() {
            return snapshot(jobId, tag, nodes).map();
        }
    }

    public record QueryJobs() implements QmpCommand<List<JobInfo>> {
        @Override
        public String name() {
            return "query-jobs";
        }

        @Override
        public List<JobInfo> read(QmpValue reply) {
            return reply.list().stream().map(JobInfo::read).toList();
        }
    }

    /** Forgets a concluded job, and its error with it. */
    public record JobDismiss(String jobId) implements Plain {
        @Override
        public String name() {
            return "job-dismiss";
        }

        @Override
        public Map<String, ?> arguments() {
            return Map.of("id", jobId);
        }
    }

    private static QmpArguments snapshot(String jobId, String tag, List<String> nodes) {
        return QmpArguments.with("job-id", jobId).and("tag", tag).and("devices", nodes);
    }
}
