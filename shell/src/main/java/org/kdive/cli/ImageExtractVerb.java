package org.kdive.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.vmlinux.SymbolisedElf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    @Option(
            names = "--elf",
            description = "An ELF vmlinux with the kernel's own symbols, for gdb, objdump and readelf.")
    private boolean elf;

    @Mixin
    private UImageOptions uImage = new UImageOptions();

    @Override
    public Integer call() {
        var line = spec.commandLine();
        if (elf && uImage.isAskedFor()) {
            throw new ParameterException(line, "--elf and --uimage are two files");
        }
        if (uImage.isStray()) {
            throw new ParameterException(line, "--name, --compress and --with are of a uImage: --uimage LOAD");
        }
        KernelImage image = kernel.open(line.getErr());
        if (uImage.isAskedFor()) {
            tell(uImage.write(image, output), "");
        } else if (elf) {
            SymbolisedElf vmlinux = SymbolisedElf.of(image);
            OutputFile.write(output, vmlinux::writeTo);
            tell(vmlinux.sizeBytes(), ", %,d symbols".formatted(vmlinux.addedSymbols()));
        } else {
            Bytes payload = image.payload();
            OutputFile.write(output, out -> out.write(payload.array(), payload.arrayStart(), payload.size()));
            tell(payload.size(), "");
        }
        return ExitStatus.WELL;
    }

    private void tell(long sizeBytes, String more) {
        spec.commandLine().getErr().println("kdive: wrote %s, %s%s".formatted(output, Amounts.bytes(sizeBytes), more));
    }
}
