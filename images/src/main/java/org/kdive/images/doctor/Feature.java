package org.kdive.images.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
    static List<Feature> of(Architecture architecture) {
        return List.of(
                console(architecture),
                new Feature(
                        "initramfs",
                        List.of("BLK_DEV_INITRD"),
                        List.of("populate_rootfs"),
                        "boot from a disk: --initrd none --disk FILE"),
                new Feature("device nodes", List.of("DEVTMPFS"), List.of("devtmpfs_init"), ""),
                new Feature(
                        "shared directory (9p)",
                        List.of("NET_9P", "NET_9P_VIRTIO", "9P_FS", "VIRTIO_PCI"),
                        List.of("v9fs_mount", "v9fs_get_tree"),
                        "a kernel that has it, such as debian-generic"),
                new Feature(
                        "disks (virtio)",
                        List.of("VIRTIO_BLK", "VIRTIO_PCI"),
                        List.of("virtblk_probe"),
                        "another bus with -device behind --"),
                new Feature(
                        "vmcoreinfo (fw_cfg)",
                        List.of("FW_CFG_SYSFS", "VMCORE_INFO|CRASH_CORE"),
                        List.of("fw_cfg_sysfs_probe"),
                        "attach without it: kdive looks for the slide itself"),
                new Feature(
                        "panic notices (pvpanic)",
                        List.of("PVPANIC", "PVPANIC_PCI"),
                        List.of("pvpanic_pci_probe"),
                        "break on the function panic"),
                new Feature("SysRq", List.of("MAGIC_SYSRQ"), List.of("__handle_sysrq"), ""),
                new Feature(
                        "KGDB",
                        List.of("KGDB", "KGDB_SERIAL_CONSOLE"),
                        List.of("kgdb_breakpoint"),
                        "QEMU's own stub, which kdive boot uses"));
    }

    private static Feature console(Architecture architecture) {
        boolean isArm = architecture == Architecture.ARM || architecture == Architecture.ARM64;
        return new Feature(
                "serial console",
                List.of(isArm ? "SERIAL_AMBA_PL011_CONSOLE" : "SERIAL_8250_CONSOLE"),
                isArm ? List.of("pl011_console_write") : List.of("univ8250_console_write"),
                "");
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
                        "load it in the root, or build it in with =y");
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

    private static java.util.stream.Stream<String> choices(String any) {
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
                        .map(any -> (any.contains("|") ? named(any) : named(any) + "=y"))
                        .toList());
        return otherwise.isEmpty() ? set : set + ", or " + otherwise;
    }

    private static String named(String any) {
        return "CONFIG_" + any.replace("|", " or CONFIG_");
    }
}
