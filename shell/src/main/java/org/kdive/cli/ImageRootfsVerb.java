package org.kdive.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.FileTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kdive image rootfs}: a busybox root as an initramfs. */
@Command(
        name = "rootfs",
        description = "Makes an initramfs of the distribution's static busybox and whatever you add to it.",
        footer =
                "Shares are mounted under /mnt by their tags when the kernel can do 9p. A root of style init hands over to "
                        + "a disk when the kernel is given root=; one of style linuxrc starts with rdinit=/linuxrc, too.")
final class ImageRootfsVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions root = new RootOptions();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The archive to write.")
    private Path output;

    @Option(
            names = {"-c", "--compress"},
            paramLabel = CompressionWords.LABEL,
            converter = CompressionWords.class,
            description = "How to compress it (default: gzip, on all cores).")
    private Compression compression = Compression.GZIP;

    @Override
    public Integer call() {
        var err = spec.commandLine().getErr();
        FileTree tree = root.tree(DownloadProgress.of(err));
        SourceDate.writer(compression).write(tree, output);
        err.println("kdive: wrote %s, %s, %s".formatted(output, tree, ImagePackVerb.size(output)));
        return ExitStatus.WELL;
    }
}
