package org.kdive.session;

import org.kdive.images.unwind.FrameKind;

/**
 * One call on a stack.
 *
 * @param level 0 for the innermost
 * @param pc for a caller the address it returns to
 * @param lookupPc an address inside its function: a call that does not return may end it
 */
public record Frame(int level, long pc, long lookupPc, long sp, FrameKind kind) {}
