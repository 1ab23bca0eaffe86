package org.kdive.session;

import java.util.Optional;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.Architecture;

/** How the user's breakpoints hold in this machine, and what those wait for that do not. Session thread. */
public final class Standing {
    // Intel SDM, volume 3, 18.2: DR0 to DR3
    private static final int X86_SLOTS = 4;

    private final Target target;
    private final SlideSearch slide;
    private final Planting planting;

    Standing(Target target, SlideSearch slide, Planting planting) {
        this.target = target;
        this.slide = slide;
        this.planting = planting;
    }

    /** In the order in which they are told. */
    public enum How {
        SOFTWARE("software"),
        STAND_IN("hardware until its page is mapped"),
        HARDWARE("hardware"),
        AWAITS_KERNEL("the kernel has not chosen its place yet"),
        AWAITS_MODULE("the module is not loaded"),
        RETIRED("the kernel has freed its init memory");

        private final String words;

        How(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }

        public boolean isPending() {
            return this == AWAITS_KERNEL || this == AWAITS_MODULE || this == RETIRED;
        }
    }

    public How of(Breakpoint breakpoint) {
        if (breakpoint.isPending()) {
            return pending(breakpoint);
        }
        if (breakpoint.spec().kind() != Stoppoint.Kind.SOFTWARE) {
            return How.HARDWARE;
        }
        return breakpoint.addresses().stream().anyMatch(planting::standsIn) ? How.STAND_IN : How.SOFTWARE;
    }

    private How pending(Breakpoint breakpoint) {
        if (!slide.isSettled()) {
            return How.AWAITS_KERNEL;
        }
        boolean ofModule = breakpoint.location().contains(":");
        if (!ofModule && isInitMemoryFreed()) {
            return How.RETIRED;
        }
        return ofModule ? How.AWAITS_MODULE : How.AWAITS_KERNEL;
    }

    /** Whether the kernel has given away the memory of its __init functions. */
    public boolean isInitMemoryFreed() {
        return target.initMemory().isFreed();
    }

    /** Who keeps them: QEMU's translator, in any number and size, or the processor; or a stub that does not tell. */
    public String keeper() {
        if (!target.stub().features().isQemu()) {
            return "this stub";
        }
        return target.isTcg() ? "TCG" : "KVM";
    }

    /** How much of the processor's own is taken; empty where there is no such limit, or none that is known. */
    public Optional<String> slots() {
        boolean isKnown =
                target.stub().features().isQemu() && !target.isTcg() && target.architecture() == Architecture.X86_64;
        return !isKnown
                ? Optional.empty()
                : Optional.of("%d of %d slots taken".formatted(planting.slotsTaken(), X86_SLOTS));
    }
}
