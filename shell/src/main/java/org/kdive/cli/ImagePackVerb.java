package org.kdive.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.DirectoryPacker;
import org.kdive.images.initramfs.FileTree;
import org.kdive.images.initramfs.RootSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image pack}: an initramfs of directories and lists. */
@Command(
        name = "pack",
        description = "Packs directories and gen_init_cpio lists, each laid over those before it, into an initramfs.",
        footer = "The same files give the same bytes. SOURCE_DATE_EPOCH bounds their times.")
final class ImagePackVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR|LIST",
            description = "A directory, a list as the kernel's gen_init_cpio reads it, or another archive.")
    private List<Path> sources = List.of();

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

    @Option(
            names = "--keep-owners",
            description = "Keep the owners that files of a directory have here (default: root owns all).")
    private boolean keepOwners;

    @Override
    public Integer call() {
        FileTree.Builder tree = FileTree.builder();
        sources.forEach(source -> tree.merge(read(source)));
        FileTree whole = tree.build();
        SourceDate.writer(compression).write(whole, output);
        PrintWriter talk = spec.commandLine().getErr();
        whole.missingDirectories()
                .forEach(path -> talk.println(
                        "kdive: no directory %s before what is in it: the kernel will not unpack that (dir /%s 755 0 0)"
                                .formatted(path, path)));
        talk.println("kdive: wrote %s, %s, %s".formatted(output, whole, size(output)));
        return ExitStatus.WELL;
    }

    private FileTree read(Path source) {
        return keepOwners && Files.isDirectory(source)
                ? DirectoryPacker.tree(source, true)
                : RootSource.readTree(source, System.getenv());
    }

    static String size(Path file) {
        try {
            return Amounts.bytes(Files.size(file));
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }
}
