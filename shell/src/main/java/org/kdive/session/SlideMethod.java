package org.kdive.session;

import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;

/** One way to learn where a kernel has put itself. Session thread; the guest is stopped whenever it is asked. */
interface SlideMethod {
    /** @param how for people: what told it */
    record Found(long slideBytes, String how) {}

    /** True of every kernel of this kind, without looking; empty where kernels move. */
    Optional<Found> known();

    /** What is planted while the place is not known; asked before every resume. */
    List<Stoppoint> stoppoints(ThreadId thread);

    /** The guest stands at one of them. Empty: that was not the moment yet. */
    Optional<Found> at(ThreadId thread);

    /** The guest may be up already: what does it tell? Quiet when it tells nothing. */
    Optional<Found> ofRunning(ThreadId thread);

    /** The kernel will choose again: what was learnt of this boot is void. */
    void restart();

    /** The one for this target. Asks for its symbols only where they decide. */
    static SlideMethod of(Target target) {
        KernelMark mark = new KernelMark(target);
        return switch (target.architecture()) {
            case X86_64 -> KernelWindow.x86(target, mark);
            case X86_32 -> KernelWindow.i386(target, mark);
            case ARM64 -> new Arm64PrimarySwitch(target, mark);
            case RISCV64 -> riscv(target, mark);
            case ARM -> new FixedPlace("32-bit arm kernels run where they are linked");
            default -> new FixedPlace("no kernel of this architecture is known to move");
        };
    }

    // riscv has KASLR since v6.6; only a kernel built with it reads a seed from the device tree
    private static SlideMethod riscv(Target target, KernelMark mark) {
        boolean moves = target.hasKernel()
                && target.requireProgram().symbols().find("__pi_get_kaslr_seed").isPresent();
        return moves ? KernelWindow.riscv(target, mark) : new FixedPlace("this kernel was built without KASLR");
    }
}
