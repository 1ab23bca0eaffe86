package org.kdive.cli;

import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.KernelImage;
import org.kdive.images.kernel.BzImageHeader;
import org.kdive.images.kernel.Compression;
import org.kdive.images.symbols.SymbolTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image inspect}: what a kernel file is. */
@Command(name = "inspect", description = "Says what a kernel file is and what is inside.")
final class ImageInspectVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        KernelImage image = KernelImage.open(kernel.file(DownloadProgress.of(line.getErr())));
        facts(image).print(line.getOut(), json);
        return ExitStatus.WELL;
    }

    private static FactSheet facts(KernelImage image) {
        FactSheet facts = new FactSheet()
                .add("file", image.source())
                .add("format", image.format().label())
                .add("architecture", image.architecture().label())
                .add("version", image.version())
                .add("banner", image.banner().map(String::strip))
                .add("build-id", image.buildId())
                .addBytes("file size", image.file().size())
                .add("compression", image.compression().label());
        if (image.compression() != Compression.NONE) {
            facts.addBytes("unpacked size", image.payload().size());
        }
        image.entry().ifPresent(entry -> facts.addAddress("entry", entry));
        image.setupHeader().ifPresent(header -> addSetup(facts, header));
        facts.add("btf", image.findSection(".BTF").isPresent());
        facts.add("orc unwind tables", image.findSection(".orc_unwind").isPresent());
        image.kallsyms()
                .ifPresentOrElse(
                        table -> addSymbols(facts, table), () -> facts.add("symbols", "none: built without kallsyms"));
        return facts;
    }

    /** Documentation/arch/x86/boot.rst names these fields. */
    private static void addSetup(FactSheet facts, BzImageHeader header) {
        facts.add("boot protocol", "%d.%02d".formatted(header.protocol() >> 8, header.protocol() & 0xff))
                .add("relocatable", header.relocatableKernel())
                .addAddress("preferred address", header.prefAddress())
                .addBytes("memory to start", header.initSize())
                .addCount("longest command line", header.cmdlineSize());
    }

    private static void addSymbols(FactSheet facts, SymbolTable table) {
        facts.addCount("symbols", table.size());
        table.find("start_kernel").ifPresent(symbol -> facts.addAddress("start_kernel", symbol.address()));
    }
}
