package org.kdive.images.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.fetch.ChildProcess;
import org.kdive.images.initramfs.Entry;
import org.kdive.images.initramfs.FileTree;

/**
 * A tree as an ext4 disk, made without being root: mke2fs copies what any user may make in a directory, and debugfs adds
 * the rest, owners, modes, times and device nodes. Sockets are left out. e2fsprogs 1.43 or newer.
 */
public final class RootDisk {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final int BLOCK_BYTES = 4096;
    private static final int INODE_BYTES = 256;
    private static final int SPARE_INODES = 4096;
    private static final long MIB = 1 << 20;
    // The journal, tables, and room for the guest.
    private static final long SPARE_BYTES = 64 * MIB;
    private static final long MAX_DISK_BYTES = 4L << 40;

    /** Where the one partition of a partitioned disk begins: what partitioning programs have chosen since disks have 4 KiB sectors. */
    private static final long PARTITION_BYTES = MIB;

    private final FileTree tree;
    private final long startBytes;

    private RootDisk(FileTree tree, long startBytes) {
        this.tree = tree;
        this.startBytes = startBytes;
    }

    /** The file system from the disk's first byte on: {@code root=/dev/vda}. */
    public RootDisk(FileTree tree) {
        this(tree, 0);
    }

    /** A partition table, and the file system in its one partition, which is bootable: {@code root=/dev/vda1}. */
    public static RootDisk partitioned(FileTree tree) {
        return new RootDisk(tree, PARTITION_BYTES);
    }

    /** Enough for what is in the tree and a third more, whole MiB. The file is sparse: what is free takes no room here. */
    public long fittingBytes() {
        long bytes = inodes() * INODE_BYTES;
        for (Entry entry : tree.entries()) {
            bytes += BLOCK_BYTES;
            if (entry instanceof Entry.RegularFile file) {
                bytes += (file.content().sizeBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
            }
        }
        return startBytes + (bytes * 4 / 3 + SPARE_BYTES) / MIB * MIB;
    }

    private long inodes() {
        return tree.entries().size() * 5L / 4 + SPARE_INODES;
    }

    /** Replaces the target in one step once the disk is whole. */
    public void write(Path target, DiskImage.Format format, long sizeBytes) {
        if (sizeBytes > MAX_DISK_BYTES) {
            throw new ImageException(new ImageFailure.TooLarge(target.toString(), sizeBytes, MAX_DISK_BYTES));
        }
        Path whole = target.toAbsolutePath();
        Path work = whole.resolveSibling(
                "." + whole.getFileName() + ".part-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(
                    work, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path raw = work.resolve("raw");
            make(work, raw, sizeBytes);
            Path finished = raw;
            if (format == DiskImage.Format.QCOW2) {
                finished = work.resolve("qcow2");
                Qcow2Writer.convert(raw, finished);
            }
            Files.move(finished, whole, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw ImageException.io(target, e);
        } finally {
            StagedTree.delete(work);
        }
    }

    private void make(Path work, Path raw, long sizeBytes) throws IOException {
        Path root = Files.createDirectory(work.resolve("root"));
        StagedTree.write(tree, root);
        if (startBytes > 0) {
            PartitionTable.write(raw, startBytes, sizeBytes);
        }
        run(
                work,
                "mke2fs",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-b",
                Integer.toString(BLOCK_BYTES),
                "-m",
                "0",
                "-N",
                Long.toString(inodes()),
                "-E",
                "root_owner=0:0,offset=" + startBytes,
                "-d",
                root.toString(),
                raw.toString(),
                (sizeBytes - startBytes) / 1024 + "k");
        Path commands = Files.write(work.resolve("commands"), commands());
        ChildProcess.Result result =
                run(work, "debugfs", "-w", "-f", commands.toString(), raw + "?offset=" + startBytes);
        // It goes on after errors and exits with 0; its first line of them is its version.
        Optional<String> problem = result.errors()
                .lines()
                .filter(line -> !line.startsWith("debugfs "))
                .findFirst();
        if (problem.isPresent()) {
            throw new ImageException(new ImageFailure.Io("debugfs", problem.get()));
        }
    }

    private List<String> commands() {
        List<String> commands = new ArrayList<>(List.of("sif / mode 040755", "sif / uid 0", "sif / gid 0"));
        for (Entry entry : tree.entries()) {
            if (entry instanceof Entry.HardLink
                    || entry instanceof Entry.Socket
                    || entry.path().equals(".")) {
                // The file it names has told all; debugfs makes no sockets, which are dead on a disk; the root has been
                // told.
                continue;
            }
            if (!(entry instanceof Entry.Directory
                    || entry instanceof Entry.RegularFile
                    || entry instanceof Entry.Symlink)) {
                addNode(commands, entry);
            }
            String path = quoted(entry, "/" + entry.path());
            var attributes = entry.attributes();
            commands.add("sif %s mode 0%o".formatted(path, entry.typeBits() | attributes.permissions()));
            commands.add("sif %s uid %d".formatted(path, attributes.userId()));
            commands.add("sif %s gid %d".formatted(path, attributes.groupId()));
            commands.add("sif %s mtime @%d".formatted(path, attributes.mtimeSeconds()));
        }
        return commands;
    }

    /** mknod of debugfs takes a name in its working directory, no path. */
    private static void addNode(List<String> commands, Entry entry) {
        int slash = entry.path().lastIndexOf('/');
        commands.add("cd " + quoted(entry, "/" + entry.path().substring(0, Math.max(0, slash))));
        String name = quoted(entry, entry.path().substring(slash + 1));
        if (entry instanceof Entry.DeviceNode node) {
            String type = node.isBlock() ? "b" : "c";
            commands.add("mknod %s %s %d %d".formatted(name, type, node.major(), node.minor()));
        } else {
            commands.add("mknod %s p".formatted(name));
        }
        commands.add("cd /");
    }

    private static String quoted(Entry entry, String path) {
        if (!entry.path().equals(entry.printablePath())) {
            throw new ImageException(new ImageFailure.Unsupported(
                    entry.printablePath(), "debugfs takes no control characters and odd bytes in names"));
        }
        return "\"" + path.replace("\"", "\"\"") + "\"";
    }

    private static ChildProcess.Result run(Path work, String program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(require(program).toString()));
        words.addAll(List.of(arguments));
        ChildProcess.Result result = ChildProcess.run(words, work, LIMIT, () -> {});
        if (!result.succeeded()) {
            throw new ImageException(new ImageFailure.Io(program, result.reason()));
        }
        return result;
    }

    /** Debian has them where only root's path leads. */
    private static Path require(String program) {
        List<String> places =
                new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
        places.addAll(List.of("/usr/sbin", "/sbin"));
        return places.stream()
                .filter(place -> place.startsWith("/"))
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new ImageException(new ImageFailure.Missing(program, "not on this host; install e2fsprogs")));
    }
}
