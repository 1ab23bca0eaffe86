package org.kdive.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.session.AttachPlan;
import org.kdive.session.KernelSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code kdive attach}: a machine that somebody else started, and the prompt. */
@Command(
        name = "attach",
        description = "Joins a QEMU that somebody else started, stops its guest and gives the prompt.",
        footer = {
            "An endpoint EP is unix:PATH, tcp:HOST:PORT or HOST:PORT.",
            "KGDB is broken into by a BREAK and g: QEMU's monitor sends the BREAK, so give --qmp as well; without it a",
            "root shell on the line is asked (echo g > /proc/sysrq-trigger)."
        })
final class AttachVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private KdiveVerb kdive;

    @Option(names = "--gdb", paramLabel = "EP", description = "A gdb stub: QEMU's, gdbserver's, another's.")
    private @Nullable String gdb; // null: KGDB

    @Option(
            names = "--kgdb",
            paramLabel = "EP",
            description = "A serial line with KGDB on it (kgdboc=ttyS0), which may be the console too.")
    private @Nullable String kgdb; // null: a stub

    @Option(
            names = "--console",
            paramLabel = "EP",
            description = "The guest's serial line, for console, send and expect.")
    private @Nullable String console; // null: none, or KGDB's

    @Option(names = "--qmp", paramLabel = "EP", description = "QEMU's monitor (default: the stub alone).")
    private @Nullable String qmp; // null: none

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "The kernel that runs there: a file, or a name (default: out of the guest's memory).")
    private @Nullable KernelArgument kernel; // null: no symbols

    @Option(
            names = "--symbols",
            paramLabel = "FILE",
            description = "Symbols from a vmlinux or System.map (default: from the kernel itself).")
    private @Nullable Path symbols; // null: the kernel's own

    @Override
    public Integer call() {
        var line = spec.commandLine();
        if (symbols != null && kernel == null) {
            throw new picocli.CommandLine.ParameterException(line, "--symbols needs the --kernel they belong to");
        }
        Supplier<Optional<Program>> program = program(DownloadProgress.of(line.getErr()));
        if ((gdb == null) == (kgdb == null)) {
            throw new picocli.CommandLine.ParameterException(line, "attach wants one of --gdb EP and --kgdb EP");
        }
        AttachPlan plan = new AttachPlan(
                kgdb == null
                        ? AttachPlan.endpoint("--gdb", Objects.requireNonNull(gdb))
                        : AttachPlan.endpoint("--kgdb", kgdb),
                kgdb != null,
                qmp == null ? null : AttachPlan.endpoint("--qmp", qmp),
                console == null ? null : AttachPlan.endpoint("--console", console),
                kernel != null,
                program);
        return Shells.prompt(kdive, line, session -> session.attach(plan));
    }

    private Supplier<Optional<Program>> program(DownloadProgress progress) {
        if (kernel == null) {
            return Optional::empty;
        }
        KernelImage image = KernelSource.open(kernel.file(progress));
        if (symbols == null) {
            return KernelSource.symbolsOf(image);
        }
        SymbolTable table = SymbolFiles.read(symbols);
        return () -> Optional.of(Program.of(image, table));
    }
}
