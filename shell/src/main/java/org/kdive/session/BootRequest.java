package org.kdive.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.PackageArchitecture;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Accelerator;
import org.kdive.machine.Disk;
import org.kdive.machine.GuestArchitecture;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Share;

/**
 * What a user asks to boot, in the user's words.
 *
 * @param kernel a file, or a distribution's kernel by name
 * @param initrd an archive, a directory or a list, {@code none}, or null for a busybox root made here
 * @param append the kernel's command line, after the console that kdive puts first
 * @param memoryBytes 0 for the default
 * @param cpus 0 for the default
 * @param machine null: the architecture's
 * @param cpu null: the architecture's
 * @param bios null: QEMU loads the kernel; else U-Boot does, from this file or, named {@code u-boot}, the distribution's
 * @param qemu null: the architecture's; a program, or {@code backports} for the distribution's newer one
 * @param seed empty: not deterministic
 */
public record BootRequest(
        String kernel,
        @Nullable String initrd,
        List<String> append,
        long memoryBytes,
        int cpus,
        @Nullable String machine,
        @Nullable String cpu,
        Accelerator accelerator,
        List<Disk> disks,
        List<Share> shares,
        @Nullable String bios,
        @Nullable String qemu,
        OptionalLong seed,
        List<String> qemuArguments) {

    /** What QEMU allows these boards: hw/arm/versatilepb.c. */
    private static final long MOST_VERSATILE_BYTES = 256L << 20;

    public BootRequest {
        append = List.copyOf(append);
        disks = List.copyOf(disks);
        shares = List.copyOf(shares);
        qemuArguments = List.copyOf(qemuArguments);
    }

    /** The kernel with a busybox root on the default machine. */
    public static BootRequest of(String kernel) {
        return new BootRequest(
                kernel,
                null,
                List.of(),
                0,
                0,
                null,
                null,
                Accelerator.TCG,
                List.of(),
                List.of(),
                null,
                null,
                OptionalLong.empty(),
                List.of());
    }

    public BootRequest withInitrd(@Nullable String value) {
        return with(draft -> draft.initrd = value);
    }

    public BootRequest withAppend(List<String> value) {
        return with(draft -> draft.append = value);
    }

    public BootRequest withMemoryBytes(long value) {
        return with(draft -> draft.memoryBytes = value);
    }

    public BootRequest withCpus(int value) {
        return with(draft -> draft.cpus = value);
    }

    public BootRequest withMachine(@Nullable String value) {
        return with(draft -> draft.machine = value);
    }

    public BootRequest withCpu(@Nullable String value) {
        return with(draft -> draft.cpu = value);
    }

    public BootRequest withDisks(List<Disk> value) {
        return with(draft -> draft.disks = value);
    }

    public BootRequest withBios(@Nullable String value) {
        return with(draft -> draft.bios = value);
    }

    public BootRequest withQemu(@Nullable String value) {
        return with(draft -> draft.qemu = value);
    }

    public BootRequest withQemuArguments(List<String> value) {
        return with(draft -> draft.qemuArguments = value);
    }

    private BootRequest with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new BootRequest(
                kernel,
                draft.initrd,
                draft.append,
                draft.memoryBytes,
                draft.cpus,
                draft.machine,
                draft.cpu,
                accelerator,
                draft.disks,
                shares,
                draft.bios,
                draft.qemu,
                seed,
                draft.qemuArguments);
    }

    /** What of a request can be asked for otherwise. */
    private static final class Draft {
        private @Nullable String initrd;
        private List<String> append;
        private long memoryBytes;
        private int cpus;
        private @Nullable String machine;
        private @Nullable String cpu;
        private List<Disk> disks;
        private @Nullable String bios;
        private @Nullable String qemu;
        private List<String> qemuArguments;

        Draft(BootRequest from) {
            initrd = from.initrd;
            append = from.append;
            memoryBytes = from.memoryBytes;
            cpus = from.cpus;
            machine = from.machine;
            cpu = from.cpu;
            disks = from.disks;
            bios = from.bios;
            qemu = from.qemu;
            qemuArguments = from.qemuArguments;
        }
    }

    /**
     * Fetches and makes what is missing. The kernel's symbols are read on a thread of their own meanwhile: QEMU takes as
     * long to start as a kernel takes to unpack.
     */
    public BootPlan plan(Progress progress) {
        Optional<FetchedKernel> fetched = KernelSource.fetched(kernel, progress);
        Path file = fetched.map(FetchedKernel::kernel).orElseGet(() -> Path.of(kernel));
        KernelImage image = KernelSource.open(file);
        Optional<FirmwareBoot> boot = Optional.ofNullable(bios).map(words -> new FirmwareBoot(words, progress));
        Optional<Path> firmware = boot.map(known -> known.file(image.architecture()));
        Supplier<Optional<Program>> symbols = KernelSource.symbolsOf(image);
        GuestArchitecture guest = guest(image.architecture());
        MachineSpec.Builder spec = MachineSpec.builder()
                .architecture(guest)
                .kernel(KernelSource.bootable(file, image))
                .append("console=" + guest.consoleDevice())
                .accelerator(accelerator)
                .extra(qemuArguments);
        append.forEach(spec::append);
        ConsoleWords.remark(append, guest.consoleDevice()).ifPresent(progress::step);
        Optional<Path> root = initrdFile(image, fetched, symbols, progress);
        root.ifPresent(spec::initrd);
        disks.forEach(disk -> {
            requireFile("disk", disk.file());
            spec.disk(disk);
        });
        shares.forEach(share -> {
            require("share", share.directory(), Files.isDirectory(share.directory()), "not a directory");
            Share fitting = share.fitting();
            if (fitting.access() != share.access()) {
                progress.step(ShareSupport.plain(share));
            }
            spec.share(fitting);
        });
        if (!shares.isEmpty()) {
            ShareSupport.of(image, symbols).flatMap(ShareSupport::gap).ifPresent(progress::step);
        }
        options(spec);
        if (qemu != null) {
            spec.qemu(QemuSource.program(qemu, guest, progress));
        }
        boot.ifPresent(known -> spec.firmware(known.of(firmware.orElseThrow(), spec.build())));
        MachineSpec whole = spec.build();
        root.ifPresent(archive -> InitialRoot.requireRoom(archive, file, whole.memoryBytes()));
        return new BootPlan(whole, image.architecture(), true, symbols);
    }

    private void options(MachineSpec.Builder spec) {
        if (memoryBytes > 0) {
            spec.memoryBytes(memoryBytes);
        } else if (machine != null && machine.startsWith("versatile")) {
            spec.memoryBytes(MOST_VERSATILE_BYTES);
        }
        if (cpus > 0) {
            spec.cpus(cpus);
        }
        if (machine != null) {
            spec.machine(machine);
        }
        if (cpu != null) {
            spec.cpu(cpu);
        }
        seed.ifPresent(spec::seed);
    }

    private Optional<Path> initrdFile(
            KernelImage image,
            Optional<FetchedKernel> fetched,
            Supplier<Optional<Program>> symbols,
            Progress progress) {
        if ("none".equals(initrd)) {
            return Optional.empty();
        }
        if (initrd != null) {
            Path file = Path.of(initrd);
            require("initrd", file, Files.isReadable(file), "permission denied");
            return Optional.of(new InitialRoot(fetched, progress).given(file, !shares.isEmpty()));
        }
        Path busybox = isOldArm(image, symbols)
                ? BusyboxFetcher.ofUser().fetch(PackageArchitecture.ARMEL, progress)
                : BusyboxFetcher.ofUser().fetch(image.architecture(), progress);
        return Optional.of(new InitialRoot(fetched, progress).made(busybox, !shares.isEmpty(), !disks.isEmpty()));
    }

    // armhf's programs need ARMv7, and so a kernel that can set one up: arch/arm/mm/proc-v7.S
    private static boolean isOldArm(KernelImage image, Supplier<Optional<Program>> symbols) {
        return image.architecture() == Architecture.ARM
                && symbols.get()
                        .map(program -> program.symbols().size() > 0
                                && program.symbols().find("cpu_v7_proc_init").isEmpty())
                        .orElse(false);
    }

    private static void requireFile(String option, Path file) {
        require(option, file, !Files.isDirectory(file), "a directory");
        require(option, file, Files.isReadable(file), "permission denied");
    }

    private static void require(String option, Path file, boolean fit, String unfit) {
        if (!Files.exists(file) || !fit) {
            String why = Files.exists(file) ? unfit : "no such file or directory";
            throw new SessionException(
                    "%s %s: %s".formatted(option, file, why), new SessionFailure.Io(file.toString()));
        }
    }

    private static GuestArchitecture guest(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> GuestArchitecture.X86_64;
            case X86_32 -> GuestArchitecture.I386;
            case ARM64 -> GuestArchitecture.AARCH64;
            case ARM -> GuestArchitecture.ARM;
            case RISCV64 -> GuestArchitecture.RISCV64;
            default ->
                throw new SessionException(
                        "no machine for a %s kernel".formatted(architecture.label()),
                        new SessionFailure.Unsupported(architecture.label()));
        };
    }
}
