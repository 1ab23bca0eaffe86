package org.kdive.session;

import java.util.Map;
import org.kdive.images.unwind.FrameKind;

/**
 * One call on a stack.
 *
 * @param level 0 for the innermost
 * @param pc for a caller the address it returns to
 * @param lookupPc an address inside its function: a call that does not return may end it
 * @param registers those known in it by the stub's names; of the innermost the processor's own count
 */
public record Frame(int level, long pc, long lookupPc, long sp, FrameKind kind, Map<String, Long> registers) {
    public Frame {
        registers = Map.copyOf(registers);
    }
}
