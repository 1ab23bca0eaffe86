package org.kdive.session;

/**
 * One call on a stack.
 *
 * @param level 0 for the innermost
 * @param pc for a caller the address it returns to
 * @param guess whether it was only likely: a word on the stack that follows a call
 */
public record Frame(int level, long pc, long sp, boolean guess) {}
