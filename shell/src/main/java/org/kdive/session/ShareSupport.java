package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.kdive.images.KernelConfig;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.machine.Share;

/**
 * Whether a kernel can mount a directory of the host, as far as its configuration tells, or its symbols.
 *
 * @param mounts whether it has 9p over virtio, in itself or in modules
 * @param seesPlugged whether it sees what is plugged in while it runs
 * @param isModular whether the code is in modules, which the root must have
 */
record ShareSupport(boolean mounts, boolean seesPlugged, boolean isModular) {

    /** Empty for a kernel that has neither configuration nor symbols. */
    static Optional<ShareSupport> of(KernelImage kernel, Supplier<Optional<Program>> symbols) {
        return KernelConfig.of(kernel)
                .map(ShareSupport::of)
                .or(() -> symbols.get()
                        .filter(program -> program.symbols().size() > 0)
                        .map(program -> of(name -> !program.findSymbols(name).isEmpty())));
    }

    static ShareSupport of(KernelConfig config) {
        // pciehp serves the root ports of q35 and virt, ACPI's hotplug pc and q35.
        return new ShareSupport(
                has(config, "9P_FS") && has(config, "NET_9P_VIRTIO") && has(config, "VIRTIO_PCI"),
                has(config, "HOTPLUG_PCI_PCIE") || has(config, "HOTPLUG_PCI_ACPI"),
                config.isModule("9P_FS") || config.isModule("NET_9P_VIRTIO"));
    }

    private static boolean has(KernelConfig config, String option) {
        return config.isBuiltIn(option) || config.isModule(option);
    }

    /** By a kernel's symbols: what is not among them may still be in a module, unless it takes none. */
    static ShareSupport of(Predicate<String> hasSymbol) {
        boolean builtIn = hasSymbol.test("v9fs_mount") && hasSymbol.test("p9_virtio_probe");
        boolean takesModules = hasSymbol.test("load_module");
        return new ShareSupport(
                builtIn || takesModules,
                hasSymbol.test("pciehp_probe") || hasSymbol.test("acpiphp_enumerate_slots"),
                !builtIn && takesModules);
    }

    /** Why a share is not what was asked for. */
    static String plain(Share share) {
        return "share %s: its file system keeps no extended attributes, so what the guest writes has its own modes here"
                .formatted(share.directory());
    }

    /** Why it cannot at all, and what helps; empty if it can. */
    Optional<String> gap() {
        return mounts
                ? Optional.empty()
                : Optional.of("this kernel cannot mount a share: it has no 9p over virtio; debian-generic has");
    }

    /** As {@link #gap}, or why it does not see one that is plugged in while it runs. */
    Optional<String> gapWhileRunning() {
        return gap().or(() -> seesPlugged
                ? Optional.empty()
                : Optional.of(
                        "this kernel does not see what is plugged in while it runs; share it at the launch (--share)"));
    }

    /** Which modules the root lacks and how it gets them; empty where modules are no help. */
    Optional<String> wayToModules() {
        List<String> names = List.of("virtio_pci", "9pnet_virtio", "9p");
        return isModular
                ? Optional.of(("this kernel has 9p in modules (%s and what they need), and its root has none of them: "
                                + "boot a kernel that kdive knows by name with --share and without --initrd none, "
                                + "or put them into the root")
                        .formatted(String.join(", ", names)))
                : gap();
    }
}
