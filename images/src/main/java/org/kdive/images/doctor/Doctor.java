package org.kdive.images.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.ImageReport;
import org.kdive.images.KernelConfig;
import org.kdive.images.KernelImage;
import org.kdive.images.symbols.SymbolTable;

/** Examines a kernel. */
public final class Doctor {
    private final KernelImage kernel;
    private final ImageReport report;
    private final Optional<KernelConfig> config;
    private final Optional<SymbolTable> symbols;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(KernelImage kernel) {
        this.kernel = kernel;
        this.report = ImageReport.of(kernel);
        this.config = KernelConfig.of(kernel);
        this.symbols = kernel.kallsyms();
    }

    /** In the order of a screen: what the debugger needs first, what a guest needs next. Unpacks the kernel. */
    public static List<Finding> examine(KernelImage kernel) {
        Doctor doctor = new Doctor(kernel);
        doctor.examineImage();
        Feature.of(kernel.architecture())
                .forEach(feature -> doctor.findings.add(feature.examine(doctor.config, doctor.symbols)));
        return List.copyOf(doctor.findings);
    }

    /** Whether another file is of the same build, by the build-ids. */
    public static Finding compare(KernelImage kernel, KernelImage other) {
        Optional<String> here = kernel.buildId();
        Optional<String> there = other.buildId();
        if (here.isEmpty() || there.isEmpty()) {
            String which = here.isEmpty() ? kernel.source() : other.source();
            return new Finding(
                    "same build",
                    Verdict.UNKNOWN,
                    which + " has no build-id",
                    "link with --build-id, as kernels since 5.0 do");
        }
        return here.equals(there)
                ? Finding.yes("same build", "build-id " + here.get())
                : Finding.no(
                        "same build",
                        "build-id %s here, %s in %s".formatted(here.get(), there.get(), other.source()),
                        "take both files from one build");
    }

    private void examineImage() {
        examineSymbols();
        findings.add(
                report.btf()
                        ? Finding.yes("types (BTF)", "")
                        : Finding.no(
                                "types (BTF)",
                                "structures cannot be printed",
                                "CONFIG_DEBUG_INFO_BTF=y, or --symbols with a vmlinux that has debug information"));
        findings.add(unwinder());
        findings.add(
                report.kaslr()
                        ? Finding.yes("KASLR", "kdive finds the slide by itself")
                        : Finding.no("KASLR", "runs where it is linked: nothing to find", kaslrRemedy()));
        findings.add(
                config.isPresent()
                        ? Finding.yes("configuration", "from " + config.get().source())
                        : Finding.no(
                                "configuration",
                                "not in the kernel and not beside it",
                                "CONFIG_IKCONFIG=y, or put its config-* beside the kernel"));
        findings.add(report.buildId()
                .map(id -> Finding.yes("build-id", id))
                .orElseGet(() -> Finding.no("build-id", "files of other builds go unnoticed", "link with --build-id")));
    }

    private void examineSymbols() {
        if (symbols.isEmpty()) {
            findings.add(Finding.no(
                    "symbols (kallsyms)", "names are not known", "CONFIG_KALLSYMS=y, or --symbols System.map"));
            return;
        }
        SymbolTable table = symbols.get();
        findings.add(Finding.yes("symbols (kallsyms)", "%,d".formatted(table.size())));
        // One that every kernel has and nobody exports as code.
        boolean hasData = table.find("init_task").isPresent()
                && table.find("linux_banner").isPresent();
        findings.add(
                hasData
                        ? Finding.yes("symbols of data", "")
                        : Finding.no(
                                "symbols of data",
                                "only what modules may use",
                                "CONFIG_KALLSYMS_ALL=y, or --symbols System.map"));
    }

    private String kaslrRemedy() {
        return switch (kernel.architecture()) {
            case X86_64, X86_32, ARM64, RISCV64, S390X, MIPS, MIPS64, PPC, LOONGARCH64 ->
                "nothing is needed to debug it; CONFIG_RANDOMIZE_BASE=y to have it";
            // no such option there: arch/*/Kconfig of 6.12
            case ARM, PPC64, RISCV32 -> "nothing is needed: Linux has no KASLR for this architecture";
        };
    }

    private Finding unwinder() {
        String subject = "backtraces";
        Architecture architecture = kernel.architecture();
        if (!isRun(architecture)) {
            return Finding.no(
                    subject,
                    "kdive does not run kernels for " + architecture.label(),
                    "gdb-multiarch, with the file that kdive image extract --elf makes");
        }
        if (report.orc()) {
            return Finding.yes(subject, "ORC tables");
        }
        if (architecture == Architecture.ARM64) {
            return Finding.yes(subject, "frame pointers"); // arm64 is always built with them
        }
        if (architecture == Architecture.ARM) {
            return config.filter(known -> !known.isBuiltIn("ARM_UNWIND") && !known.isBuiltIn("FRAME_POINTER"))
                    .map(known -> Finding.no(subject, "no unwind tables, no frame pointers", "CONFIG_ARM_UNWIND=y"))
                    .orElseGet(() -> Finding.yes(subject, "EHABI tables or frame pointers"));
        }
        boolean hasFrames =
                config.filter(known -> known.isBuiltIn("FRAME_POINTER")).isPresent();
        return hasFrames
                ? Finding.yes(subject, "frame pointers")
                : Finding.no(
                        subject,
                        "guessed from the stack",
                        architecture == Architecture.X86_64
                                ? "CONFIG_UNWINDER_ORC=y, or CONFIG_UNWINDER_FRAME_POINTER=y"
                                : "CONFIG_FRAME_POINTER=y");
    }

    /** Kernels for the others are only looked at. */
    private static boolean isRun(Architecture architecture) {
        return switch (architecture) {
            case X86_64, X86_32, ARM64, ARM, RISCV64, RISCV32 -> true;
            case MIPS, MIPS64, PPC, PPC64, S390X, LOONGARCH64 -> false;
        };
    }
}
