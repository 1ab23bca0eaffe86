package org.kdive.cli;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.session.AttachPlan;
import org.kdive.session.KernelSource;
import picocli.CommandLine;
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
            "With --qmp alone the guest can be looked at, stopped and let run, its memory read slowly through the monitor;",
            "--start-stub has QEMU open its gdb stub for the rest, as long as kdive is there.",
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
            paramLabel = "EP|FILE",
            description =
                    "The guest's serial line, for console, send and expect: a socket, a terminal (/dev/pts/3, /dev/ttyUSB0), or a file "
                            + "that QEMU writes.")
    private @Nullable String console; // null: none, or KGDB's

    @Option(names = "--qmp", paramLabel = "EP", description = "QEMU's monitor (default: the stub alone).")
    private @Nullable String qmp; // null: none

    @Option(
            names = "--start-stub",
            description = "Have QEMU open its gdb stub, through --qmp, and close it in the end.")
    private boolean startStub;

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
            throw new CommandLine.ParameterException(line, "--symbols needs the --kernel they belong to");
        }
        Supplier<Optional<Program>> program = program(DownloadProgress.of(line.getErr()));
        AttachPlan plan = new AttachPlan(
                way(line),
                gdb == null ? endpoint("--kgdb", kgdb) : endpoint("--gdb", gdb),
                endpoint("--qmp", qmp),
                console,
                kernel != null,
                program);
        return Shells.prompt(kdive, line, session -> session.attach(plan));
    }

    private AttachPlan.Way way(CommandLine line) {
        if (gdb != null && kgdb != null) {
            throw new CommandLine.ParameterException(line, "attach wants one of --gdb EP and --kgdb EP");
        }
        if (startStub && (gdb != null || kgdb != null || qmp == null)) {
            throw new CommandLine.ParameterException(line, "--start-stub goes with --qmp alone");
        }
        if (gdb == null && kgdb == null && qmp == null) {
            throw new CommandLine.ParameterException(line, "attach wants --gdb EP, --kgdb EP or --qmp EP");
        }
        if (gdb != null || kgdb != null) {
            return gdb == null ? AttachPlan.Way.KGDB : AttachPlan.Way.STUB;
        }
        return startStub ? AttachPlan.Way.NEW_STUB : AttachPlan.Way.MONITOR;
    }

    private static @Nullable SocketAddress endpoint(String option, @Nullable String words) {
        return words == null ? null : AttachPlan.endpoint(option, words);
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
