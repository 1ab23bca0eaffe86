package org.kdive.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.fetch.Progress;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.machine.Accelerator;
import org.kdive.machine.Disk;
import org.kdive.machine.Recording;
import org.kdive.machine.Share;
import org.kdive.session.BootPlan;
import org.kdive.session.BootRequest;
import org.kdive.session.KernelSource;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import picocli.CommandLine.Option;

/** The options of every verb that boots. Fields are picocli's; null where the default belongs to the machine. */
final class BootOptions {
    @Option(
            names = "--initrd",
            paramLabel = "FILE|DIR|LIST|none",
            description =
                    "The initial root: an archive, or a directory or gen_init_cpio list to pack (default: a busybox "
                            + "root made here, with the modules of a kernel named by the distribution for shares and disks).")
    private @Nullable String initrd;

    @Option(names = "--append", paramLabel = "WORDS", description = "Add to the kernel's command line.")
    private List<String> append = new ArrayList<>();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "Memory of the machine: 512M, 2G.")
    private long memoryBytes;

    @Option(names = "--cpus", paramLabel = "N", description = "CPUs of the machine.")
    private int cpus;

    @Option(names = "--machine", paramLabel = "TYPE", description = "QEMU's machine type.")
    private @Nullable String machine;

    @Option(names = "--cpu", paramLabel = "MODEL", description = "QEMU's CPU model.")
    private @Nullable String cpu;

    @Option(
            names = "--accel",
            paramLabel = "tcg|kvm",
            defaultValue = "tcg",
            description = "What runs the guest (default: tcg, where breakpoints have no limit).")
    private Accelerator accelerator = Accelerator.TCG;

    @Option(
            names = "--disk",
            paramLabel = "FILE[,ro|,rw]",
            description =
                    "A raw or qcow2 disk; repeatable. The file is left as it is: what the guest writes is gone when the "
                            + "machine ends, unless you say rw.")
    private List<String> disks = new ArrayList<>();

    @Option(
            names = "--share",
            paramLabel = "DIR[:TAG][,ro|,plain]",
            description =
                    "A directory for the guest, at /mnt/TAG in the root made here (default TAG: its name); repeatable. "
                            + "What the guest writes is 0600 here, its modes kept aside, unless you say plain.")
    private List<String> shares = new ArrayList<>();

    @Option(
            names = "--serial",
            paramLabel = "NAME",
            description =
                    "One more serial line, on PCI: the guest's next ttyS. console NAME types into it; repeatable.")
    private List<String> serials = new ArrayList<>();

    @Option(
            names = "--bios",
            paramLabel = "FILE|u-boot",
            description =
                    "Start the kernel by U-Boot, on arm64's virt: a u-boot.bin, or u-boot for the distribution's. Kernel, "
                            + "root and command line are put on a disk for it; it waits two seconds for a key.")
    private @Nullable String bios;

    @Option(
            names = "--symbols",
            paramLabel = "FILE",
            description = "Symbols from a vmlinux or System.map (default: from the kernel itself).")
    private @Nullable Path symbols;

    @Option(
            names = "--qemu",
            paramLabel = "PROGRAM|backports",
            description =
                    "The QEMU to run; backports fetches the newer one of the distribution's backports, for itself: nothing is "
                            + "installed.")
    private @Nullable String qemu;

    @Option(names = "--seed", paramLabel = "N", description = "Run deterministically, from this seed.")
    private @Nullable Long seed;

    @Option(
            names = "--record",
            paramLabel = "DIR",
            description =
                    "Record the run into a new directory, so that --replay DIR can run it again, to the instruction: one CPU, "
                            + "no network, no shares.")
    private @Nullable Path record;

    @Option(
            names = "--replay",
            paramLabel = "DIR",
            description =
                    "Run again what was recorded, forwards and backwards; the machine comes from DIR. A KERNEL, if given, "
                            + "must be the recorded one.")
    private @Nullable Path replay;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description =
                    "Go on from a checkpoint export: machine, kernel and debugger come from FILE; disks that it had are given "
                            + "again.")
    private @Nullable Path checkpoint;

    @Option(names = "--dry-run", description = "Print the QEMU command line and boot nothing.")
    private boolean dryRun;

    boolean isDryRun() {
        return dryRun;
    }

    boolean knowsItsKernel() {
        return replay != null || checkpoint != null;
    }

    /**
     * Fetches and makes what is missing.
     *
     * @param kernel null: a replay knows its own
     */
    BootPlan plan(@Nullable String kernel, List<String> qemuArguments, Progress progress) {
        if (checkpoint != null) {
            requireNothingElse(checkpoint, kernel);
            return withSymbols(BootPlan.checkpoint(
                    checkpoint, qemu, disks.stream().map(Disk::parse).toList(), qemuArguments, progress));
        }
        if (replay != null) {
            requireNothingElse(replay, qemuArguments);
            return withSymbols(BootPlan.replay(replay, kernel, qemu, progress));
        }
        if (kernel == null) {
            throw new SessionException("which kernel?", new SessionFailure.Usage("kdive boot KERNEL"));
        }
        BootPlan plan =
                withSymbols(request(kernel, qemuArguments).plan(progress)).withSerials(serials);
        return record == null
                ? plan
                : new BootPlan(
                                plan.spec().with(Recording.into(record)),
                                plan.architecture(),
                                plan.hasKernel(),
                                plan.kernel())
                        .withSerials(serials);
    }

    private void requireNothingElse(Path from, List<String> qemuArguments) {
        if (isMachineGiven() || !disks.isEmpty() || !qemuArguments.isEmpty()) {
            throw new SessionException(
                    "--replay %s: the machine is as it was recorded; of the other options only --symbols and --qemu go with it"
                            .formatted(from),
                    new SessionFailure.Usage("kdive boot --replay DIR"));
        }
    }

    private void requireNothingElse(Path from, @Nullable String kernel) {
        if (kernel != null || replay != null || isMachineGiven()) {
            throw new SessionException(
                    "--checkpoint %s: kernel and machine are as they were; of the other options only --disk, --symbols and --qemu go with it"
                            .formatted(from),
                    new SessionFailure.Usage("kdive boot --checkpoint FILE"));
        }
    }

    private boolean isMachineGiven() {
        return initrd != null
                || !append.isEmpty()
                || memoryBytes > 0
                || cpus > 0
                || machine != null
                || cpu != null
                || accelerator != Accelerator.TCG
                || !shares.isEmpty()
                || bios != null
                || seed != null
                || !serials.isEmpty()
                || record != null;
    }

    private BootRequest request(String kernel, List<String> qemuArguments) {
        return new BootRequest(
                kernel,
                initrd,
                append.stream()
                        .flatMap(words -> List.of(words.strip().split("\\s+")).stream())
                        .toList(),
                memoryBytes,
                cpus,
                machine,
                cpu,
                accelerator,
                disks.stream().map(Disk::parse).toList(),
                shares.stream().map(Share::parse).toList(),
                bios,
                qemu,
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
                qemuArguments);
    }

    private BootPlan withSymbols(BootPlan plan) {
        if (symbols == null || plan.spec().findKernel().isEmpty()) {
            return plan;
        }
        SymbolTable table = SymbolFiles.read(symbols);
        KernelImage image = KernelSource.open(plan.spec().findKernel().get());
        return plan.withKernel(() -> Optional.of(Program.of(image, table)));
    }
}
