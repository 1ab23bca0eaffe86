package org.kdive.images.unwind;

import java.util.Map;
import java.util.OptionalLong;

/**
 * One frame.
 *
 * @param pc the next instruction to run: in a caller, the return address
 * @param sp the stack pointer as the frame will find it again
 * @param fp the frame pointer register, where known
 * @param isExact whether {@code pc} is itself in the frame's function; a return address may lie just behind it, so take
 *     {@code pc - 1} to name a caller
 * @param registers every register known in this frame by the stub's name, the three above included
 */
public record StackFrame(
        long pc, long sp, OptionalLong fp, FrameKind kind, boolean isExact, Map<String, Long> registers) {
    public StackFrame {
        registers = Map.copyOf(registers);
    }

    /** An address inside the frame's function: for looking up its symbol. */
    public long lookupPc() {
        return isExact ? pc : pc - 1;
    }
}
