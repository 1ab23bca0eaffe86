package org.kdive.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.UImageWriter;
import org.kdive.images.vmlinux.SymbolisedElf;
import picocli.CommandLine.Command;
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

    @Option(
            names = "--uimage",
            paramLabel = "LOAD[:ENTRY]",
            description = "A uImage for U-Boot's bootm, loaded and entered at these physical addresses.")
    private @Nullable String uImage; // null: none

    @Override
    public Integer call() {
        var line = spec.commandLine();
        if (elf && uImage != null) {
            throw new ParameterException(line, "--elf and --uimage are two files");
        }
        KernelImage image = kernel.open(line.getErr());
        if (uImage != null) {
            writeUImage(image, uImage);
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

    /** An arm zImage unpacks itself and goes in as it is; of other kernels U-Boot unpacks the kernel. */
    private void writeUImage(KernelImage image, String where) {
        String[] addresses = where.split(":", 2);
        long load = address(addresses[0]);
        boolean isZImage = image.format() == KernelFormat.ARM_ZIMAGE;
        Bytes data = isZImage ? image.file() : gzip(image.payload());
        UImageWriter writer = new UImageWriter(
                "Linux-" + image.version().orElse("unknown"),
                image.architecture(),
                isZImage ? Compression.NONE : Compression.GZIP,
                load,
                addresses.length == 1 ? load : address(addresses[1]),
                SourceDate.seconds());
        OutputFile.write(output, out -> writer.write(data, out));
        tell(data.size(), "");
    }

    private long address(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), "'%s' is no address, such as 0x40008000".formatted(text));
        }
    }

    private static Bytes gzip(Bytes kernel) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(kernel.size() / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(kernel.array(), kernel.arrayStart(), kernel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Bytes.of(kernel.source(), packed.toByteArray());
    }

    private void tell(long sizeBytes, String more) {
        spec.commandLine().getErr().println("kdive: wrote %s, %s%s".formatted(output, Amounts.bytes(sizeBytes), more));
    }
}
