package org.kdive.machine;

/** Who runs the guest's instructions. TCG is the default: breakpoints and watchpoints without limit, the same everywhere. */
public enum Accelerator {
    TCG,
    KVM;

    String word() {
        return switch (this) {
            case TCG -> "tcg";
            case KVM -> "kvm";
        };
    }
}
