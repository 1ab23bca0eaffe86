package org.kdive.images.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kdive.images.Architecture;
import org.kdive.images.KernelConfig;
import org.kdive.images.symbols.SymbolTable;

/**
 * Something a kernel has if its configuration says so.
 *
 * @param options all are needed; {@code A|B} is either
 * @param function one that only this feature brings, for kernels whose configuration is not known; the newest name first
 * @param otherwise what to do without it
 */
record Feature(String subject, List<String> options, List<String> function, String otherwise) {
    private static final String VMCOREINFO = "vmcoreinfo (fw_cfg)";
    private static final String PVPANIC = "panic notices (pvpanic)";
    private static final List<String> PC_DEVICES = List.of(VMCOREINFO, PVPANIC);
    // kernel/Kconfig.kexec since 6.9 (443cbaf9e2fd), arch/Kconfig before: neither can be set, others select them
    private static final String VMCORE = "VMCORE_INFO|CRASH_CORE";
    private static final String SELECTS_VMCORE = "PROC_KCORE"; // fs/proc/Kconfig, of both

    static List<Feature> of(Architecture architecture) {
        // s390's channel subsystem carries virtio without a bus of its own to choose (drivers/s390/virtio), and QEMU's
        // machine has neither fw_cfg nor PCI's pvpanic
        boolean isS390 = architecture == Architecture.S390X;
        String bus = isS390 ? "S390_GUEST|VIRTIO_PCI" : "VIRTIO_PCI";
        return Stream.of(
                        console(architecture),
                        new Feature(
                                "initramfs",
                                List.of("BLK_DEV_INITRD"),
                                List.of("populate_rootfs"),
                                "boot from a disk: --initrd none --disk FILE"),
                        new Feature("device nodes", List.of("DEVTMPFS"), List.of("devtmpfs_init"), ""),
                        new Feature(
                                "shared directory (9p)",
                                List.of("NET_9P", "NET_9P_VIRTIO", "9P_FS", bus),
                                List.of("v9fs_mount", "v9fs_get_tree"),
                                "a kernel that has it, such as debian-generic"),
                        new Feature(
                                "disks (virtio)",
                                List.of("VIRTIO_BLK", bus),
                                List.of("virtblk_probe"),
                                "another bus with -device behind --"),
                        new Feature(
                                VMCOREINFO,
                                List.of("FW_CFG_SYSFS", VMCORE),
                                List.of("fw_cfg_sysfs_probe"),
                                "attach without it: kdive looks for the slide itself"),
                        new Feature(
                                PVPANIC,
                                List.of("PVPANIC", "PVPANIC_PCI"),
                                List.of("pvpanic_pci_probe"),
                                "break on the function panic"),
                        new Feature("SysRq", List.of("MAGIC_SYSRQ"), List.of("__handle_sysrq"), ""),
                        new Feature(
                                "KGDB",
                                List.of("KGDB", "KGDB_SERIAL_CONSOLE"),
                                List.of("kgdb_breakpoint"),
                                "QEMU's own stub, which kdive boot uses"))
                .filter(feature -> !isS390 || !PC_DEVICES.contains(feature.subject()))
                .toList();
    }

    private static Feature console(Architecture architecture) {
        String subject = "serial console";
        return switch (architecture) {
            case ARM, ARM64 ->
                new Feature(subject, List.of("SERIAL_AMBA_PL011_CONSOLE"), List.of("pl011_console_write"), "");
            case S390X ->
                new Feature(
                        subject,
                        List.of("SCLP_CONSOLE|SCLP_VT220_CONSOLE"),
                        List.of("sclp_console_write", "sclp_vt220_con_write"),
                        "");
            case PPC64 ->
                new Feature(subject, List.of("HVC_CONSOLE|SERIAL_8250_CONSOLE"), List.of("hvc_console_print"), "");
            case X86_64, X86_32, RISCV64, RISCV32, MIPS, MIPS64, PPC, LOONGARCH64 ->
                new Feature(subject, List.of("SERIAL_8250_CONSOLE"), List.of("univ8250_console_write"), "");
        };
    }

    /** By the configuration if there is one, else by the symbols. */
    Finding examine(Optional<KernelConfig> config, Optional<SymbolTable> symbols) {
        return config.map(this::byConfig).orElseGet(() -> bySymbols(symbols));
    }

    private Finding byConfig(KernelConfig config) {
        List<String> off = options.stream().filter(any -> !isOn(config, any)).toList();
        if (!off.isEmpty()) {
            return Finding.no(subject, list(off, " is off", " are off"), remedy(off));
        }
        List<String> modules = options.stream()
                .filter(any -> choices(any).noneMatch(config::isBuiltIn))
                .toList();
        return modules.isEmpty()
                ? Finding.yes(subject, "")
                : new Finding(
                        subject,
                        Verdict.MODULE,
                        list(modules, " is a module", " are modules"),
                        modules.size() == 1
                                ? "load it in the root, or build it in with =y"
                                : "load them in the root, or build them in with =y");
    }

    private Finding bySymbols(Optional<SymbolTable> symbols) {
        boolean isThere = symbols.stream()
                .anyMatch(table ->
                        function.stream().anyMatch(name -> table.find(name).isPresent()));
        return isThere
                ? Finding.yes(subject, "")
                : new Finding(subject, Verdict.UNKNOWN, "not built in; a module, perhaps", remedy(options));
    }

    private static boolean isOn(KernelConfig config, String any) {
        return choices(any).anyMatch(option -> config.isBuiltIn(option) || config.isModule(option));
    }

    private static Stream<String> choices(String any) {
        return Arrays.stream(any.split("\\|"));
    }

    private static String list(List<String> options, String one, String more) {
        String names = String.join(", ", options.stream().map(Feature::named).toList());
        return names + (options.size() == 1 ? one : more);
    }

    private String remedy(List<String> options) {
        String set = String.join(
                " ",
                options.stream()
                        .map(any -> any.equals(VMCORE) ? SELECTS_VMCORE : any)
                        .map(any -> "CONFIG_" + any.replace("|", "=y or CONFIG_") + "=y")
                        .toList());
        return otherwise.isEmpty() ? set : set + ", or " + otherwise;
    }

    private static String named(String any) {
        return "CONFIG_" + any.replace("|", " or CONFIG_");
    }
}
