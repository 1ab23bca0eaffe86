package org.kdive.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image extract}: the kernel out of its packing. */
@Command(name = "extract", description = "Writes the unpacked kernel: an ELF file where it is one.")
final class ImageExtractVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The file to write.")
    private Path output;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        Bytes payload = KernelImage.open(kernel.file(DownloadProgress.of(line.getErr())))
                .payload();
        write(payload.toArray(), output.toAbsolutePath());
        line.getErr().println("kdive: wrote %s, %s".formatted(output, Amounts.bytes(payload.size())));
        return ExitStatus.WELL;
    }

    /** Under a name of its own first: a full disk leaves no half a kernel under the name asked for. */
    private static void write(byte[] contents, Path file) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try {
                Files.write(part, contents);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }
}
