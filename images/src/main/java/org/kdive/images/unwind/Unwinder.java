package org.kdive.images.unwind;

/**
 * Walks a stack. Whatever the memory holds, the walk ends: at the limit, at what cannot be read, or at a stack that does
 * not move on.
 */
public interface Unwinder {
    /** From where a processor stopped. */
    Backtrace unwind(RegisterValues registers, int limit);

    /** From where a task that is not running was switched away: pc, sp and frame pointer are enough. */
    Backtrace unwindSleeping(RegisterValues registers, int limit);
}
