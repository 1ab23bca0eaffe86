package org.kdive.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.disk.DiskImage;
import org.kdive.images.disk.Qcow2Writer;
import org.kdive.images.disk.RootDisk;
import org.kdive.images.initramfs.FileTree;
import org.kdive.images.initramfs.RootSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image disk}: a root on an ext4 disk. */
@Command(
        name = "disk",
        description =
                "Makes an ext4 disk, without being root: of directories, lists and archives, or of a busybox root as "
                        + "image rootfs makes it. Or, of another disk with --backing, one that begins as that and leaves it alone.",
        footer =
                "Boot it with: kdive boot debian --disk OUT,rw --append \"root=/dev/vda rw\". Without ,rw what the guest "
                        + "writes is gone when it ends.")
final class ImageDiskVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "DIR|LIST|ARCHIVE",
            description = "What is on the disk, each laid over those before it (default: a busybox root).")
    private List<Path> sources = new ArrayList<>();

    @Mixin
    private RootOptions root = new RootOptions();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The disk to write.")
    private Path output;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "Its size: 512M, 2G (default: what is on it, and some room).")
    private long sizeBytes;

    @Option(
            names = "--format",
            paramLabel = "raw|qcow2",
            description = "How it lies in the file (default: raw; qcow2 with --backing, or if OUT ends so).")
    private DiskImage.@org.jspecify.annotations.Nullable Format format; // null: by the other words

    @Option(
            names = "--partitioned",
            description = "Put the file system in a bootable partition, as U-Boot wants it: root=/dev/vda1.")
    private boolean partitioned;

    @Option(names = "--backing", paramLabel = "DISK", description = "The raw or qcow2 disk to begin as.")
    private @org.jspecify.annotations.Nullable Path backing;

    @Override
    public Integer call() {
        if (backing != null) {
            overlay(backing);
        } else {
            FileTree tree = tree();
            RootDisk disk = partitioned ? RootDisk.partitioned(tree) : new RootDisk(tree);
            disk.write(output, format(), sizeBytes == 0 ? disk.fittingBytes() : sizeBytes);
            report("ext4 with " + tree);
        }
        return ExitStatus.WELL;
    }

    private FileTree tree() {
        if (sources.isEmpty()) {
            return root.tree(DownloadProgress.of(spec.commandLine().getErr()));
        }
        FileTree.Builder tree = FileTree.builder();
        sources.forEach(source -> tree.merge(RootSource.readTree(source, System.getenv())));
        return tree.build();
    }

    private void overlay(Path original) {
        if (!sources.isEmpty() || sizeBytes != 0 || partitioned || format == DiskImage.Format.RAW) {
            throw new UsageException("--backing makes a qcow2 disk of the other one's size and contents, nothing else");
        }
        if (Files.exists(output)) {
            throw new UsageException(output + ": exists already; a new disk on another would take its contents away");
        }
        DiskImage disk = DiskImage.read(original);
        Qcow2Writer.writeOverlay(disk, output);
        report("over %s, %s%s"
                .formatted(
                        original,
                        disk.format().word(),
                        disk.contents().map(what -> " " + what).orElse("")));
    }

    private DiskImage.Format format() {
        if (format != null) {
            return format;
        }
        boolean named = output.toString().toLowerCase(Locale.ROOT).endsWith(".qcow2");
        return named ? DiskImage.Format.QCOW2 : DiskImage.Format.RAW;
    }

    private void report(String what) {
        DiskImage disk = DiskImage.read(output);
        spec.commandLine()
                .getErr()
                .println("kdive: wrote %s, %s of %s, %s"
                        .formatted(output, disk.format().word(), Amounts.bytes(disk.virtualBytes()), what));
    }
}
