package org.kdive.session;

import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.StubFeatures;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;

/**
 * On x86 a breakpoint is an instruction of one byte, behind which the program counter stands when it was met. QEMU and
 * gdbserver put it back and say so (swbreak); KGDB leaves that to its client, as gdb's "decr_pc_after_break". Session thread.
 */
final class BreakpointTrap {
    private BreakpointTrap() {}

    /** The guest ran, and stopped. */
    static void putBack(Target target, Planting planting, StopReply reply, ThreadId thread) {
        boolean x86 = target.architecture() == Architecture.X86_64 || target.architecture() == Architecture.X86_32;
        StubFeatures features = target.stub().features();
        if (!x86 || features.isQemu() || features.has("swbreak") || !Replies.isTrap(reply)) {
            return;
        }
        long pc = target.registers(thread).pc();
        if (planting.isAt(pc - 1) && !planting.isAt(pc)) {
            target.registers(thread).writePc(pc - 1);
            target.invalidate();
        }
    }
}
