package org.kdive.cli;

import java.io.PrintWriter;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageReport;
import org.kdive.images.KernelImage;
import org.kdive.images.kernel.BzImageHeader;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.Placement;
import org.kdive.images.kernel.UImage;
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
        print(kernel.open(line.getErr()), line.getOut(), json);
        return ExitStatus.WELL;
    }

    /** Also what a build ends with. */
    static void print(KernelImage image, PrintWriter out, boolean json) {
        ImageReport report = ImageReport.of(image);
        FactSheet facts = new FactSheet()
                .add("file", report.source())
                .add("format", report.format().label())
                .add("architecture", report.architecture().label())
                .add("byte order", image.byteOrder() == ByteOrder.BIG_ENDIAN ? "big" : "little")
                .add("version", report.version())
                .add("banner", report.banner().map(String::strip))
                .add("compiler", report.compiler())
                .add("build-id", report.buildId())
                .addBytes("file size", report.fileBytes())
                .add("compression", report.compression().label());
        if (report.compression() != Compression.NONE) {
            facts.addBytes("unpacked size", report.unpackedBytes());
        }
        report.entry().ifPresent(entry -> facts.addAddress("entry", entry));
        report.loadAddress().ifPresent(address -> facts.addAddress("load address", address));
        report.placement().ifPresent(place -> addPlacement(facts, place));
        report.linkAddress().ifPresent(address -> facts.addAddress("link address", address));
        image.setupHeader().ifPresent(header -> addSetup(facts, header));
        image.uImage().ifPresent(header -> addUImage(facts, header));
        report.commandLineLimitBytes().ifPresent(limit -> facts.addCount("longest command line", limit));
        facts.add("configuration", report.ikconfig())
                .add("types (BTF)", report.btf())
                .add("unwind tables (ORC)", report.orc())
                .add("KASLR", report.kaslr());
        image.kallsyms()
                .ifPresentOrElse(
                        table -> addSymbols(facts, table), () -> facts.add("symbols", "none: built without kallsyms"));
        facts.print(out, json);
    }

    /** Documentation/arch/x86/boot.rst names these fields. */
    private static void addSetup(FactSheet facts, BzImageHeader header) {
        facts.add("boot protocol", "%d.%02d".formatted(header.protocol() >> 8, header.protocol() & 0xff))
                .add("relocatable", header.relocatableKernel())
                .addBytes("memory to start", header.initSize());
    }

    private static void addPlacement(FactSheet facts, Placement place) {
        facts.add("placement", place.where()).addAddress("text offset", place.textOffset());
        if (place.memoryBytes() != 0) {
            facts.addBytes("memory to start", place.memoryBytes());
        }
        place.pageBytes().ifPresent(bytes -> facts.addBytes("page size", bytes));
    }

    private static void addUImage(FactSheet facts, UImage header) {
        facts.add("image name", header.name())
                .add("made", Instant.ofEpochSecond(header.timeSeconds()).toString());
        if (header.files().size() > 1) {
            facts.add(
                    "files",
                    header.files().stream()
                            .map(file -> Amounts.bytes(file.size()))
                            .collect(Collectors.joining(" + ")));
        }
    }

    private static void addSymbols(FactSheet facts, SymbolTable table) {
        facts.addCount("symbols", table.size());
        table.find("start_kernel").ifPresent(symbol -> facts.addAddress("start_kernel", symbol.address()));
    }
}
