package org.kdive.session;

import java.util.Optional;
import org.kdive.images.KernelConfig;

/** Whether a kernel can mount a directory of the host, as far as its configuration tells. */
final class ShareSupport {
    private final KernelConfig config;

    ShareSupport(KernelConfig config) {
        this.config = config;
    }

    /** Why it cannot at all, and what helps; empty if it can. */
    Optional<String> gap() {
        return has("9P_FS") && has("NET_9P_VIRTIO") && has("VIRTIO_PCI")
                ? Optional.empty()
                : Optional.of("this kernel cannot mount a share: it has no 9p over virtio; debian-generic has");
    }

    /** As {@link #gap}, or why it does not see one that is plugged in while it runs. */
    Optional<String> gapWhileRunning() {
        // pciehp serves the root ports of q35 and virt, ACPI's hotplug pc and q35.
        boolean sees = has("HOTPLUG_PCI_PCIE") || has("HOTPLUG_PCI_ACPI");
        return gap().or(() -> sees
                ? Optional.empty()
                : Optional.of(
                        "this kernel does not see what is plugged in while it runs; share it at the launch (--share)"));
    }

    /** Whether the code is in modules, which the root must have. */
    boolean isModular() {
        return config.isModule("9P_FS") || config.isModule("NET_9P_VIRTIO");
    }

    private boolean has(String option) {
        return config.isBuiltIn(option) || config.isModule(option);
    }
}
