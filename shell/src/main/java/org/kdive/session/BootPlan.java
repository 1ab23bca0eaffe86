package org.kdive.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Disk;
import org.kdive.machine.MachineBundle;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Recording;

/**
 * What to boot and how to read it.
 *
 * @param hasKernel whether {@code kernel} will bring symbols: known before the file is unpacked
 * @param kernel the kernel at its link addresses; asked for late and once, may block while another thread unpacks it
 * @param bundle the moment to begin at; null: before the first instruction
 * @param serials names of serial lines besides the console
 */
public record BootPlan(
        MachineSpec spec,
        Architecture architecture,
        boolean hasKernel,
        Supplier<Optional<Program>> kernel,
        @Nullable MachineBundle bundle,
        List<String> serials) {
    public BootPlan {
        serials = List.copyOf(serials);
    }

    /** From the first instruction on. */
    public BootPlan(
            MachineSpec spec, Architecture architecture, boolean hasKernel, Supplier<Optional<Program>> kernel) {
        this(spec, architecture, hasKernel, kernel, null, List.of());
    }

    /**
     * The machine that a checkpoint was exported from.
     *
     * @param qemu null: the architecture's
     * @param disks those that it had, in the same order: they are not in the file
     * @param qemuArguments those that it had
     */
    public static BootPlan checkpoint(
            Path file, @Nullable String qemu, List<Disk> disks, List<String> qemuArguments, Progress progress) {
        MachineBundle bundle = MachineBundle.open(file);
        MachineSpec spec = with(qemu, bundle.spec(null, disks, qemuArguments, KernelSource.cached("opened")), progress);
        KernelImage image = KernelSource.open(spec.findKernel().orElseThrow());
        return new BootPlan(
                spec,
                image.architecture(),
                true,
                KernelSource.symbolsOf(image),
                bundle,
                SerialLines.of(bundle.debugger()));
    }

    /** The same with these serial lines, too. */
    public BootPlan withSerials(List<String> names) {
        return new BootPlan(
                spec,
                architecture,
                hasKernel,
                kernel,
                bundle,
                Stream.concat(serials.stream(), names.stream()).toList());
    }

    /** The same kernel on another machine. */
    BootPlan on(MachineSpec other) {
        return new BootPlan(other, architecture, hasKernel, kernel);
    }

    /** Why it is stopped when it is up. */
    Cause firstStop() {
        Recording recording = spec.recording();
        if (recording == null || !recording.isMidway()) {
            return new Cause.Start();
        }
        return recording.isRecord() ? new Cause.Arrived("record") : new Cause.NoMoreHistory(false);
    }

    /** The same with other symbols. */
    public BootPlan withKernel(Supplier<Optional<Program>> other) {
        return new BootPlan(spec, architecture, true, other, bundle, serials);
    }

    /**
     * The machine recorded in a directory, to run again.
     *
     * @param kernel null, or what the user takes to be the recorded one: refused if it is another
     * @param qemu null: the recorded one
     */
    public static BootPlan replay(Path directory, @Nullable String kernel, @Nullable String qemu, Progress progress) {
        MachineSpec spec = Recording.replayed(directory);
        if (kernel != null) {
            requireSame(directory, spec, kernel, progress);
        }
        KernelImage image = KernelSource.open(spec.findKernel()
                .orElseThrow(() -> new SessionException(
                        "replay %s: no kernel was recorded".formatted(directory),
                        new SessionFailure.Io(directory.toString()))));
        return new BootPlan(with(qemu, spec, progress), image.architecture(), true, KernelSource.symbolsOf(image));
    }

    private static MachineSpec with(@Nullable String qemu, MachineSpec spec, Progress progress) {
        return qemu == null ? spec : spec.withQemu(QemuSource.program(qemu, spec.architecture(), progress));
    }

    private static void requireSame(Path directory, MachineSpec spec, String kernel, Progress progress) {
        Path recorded = spec.findKernel().orElseThrow();
        Path given = KernelSource.bootable(kernel, progress);
        try {
            if (Files.mismatch(recorded, given) >= 0) {
                throw new SessionException(
                        "replay %s: it was recorded with another kernel than %s; leave the kernel out"
                                .formatted(directory, kernel),
                        new SessionFailure.Usage("kdive boot --replay " + directory));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("compare kernels", e);
        }
    }
}
