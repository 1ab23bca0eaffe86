package org.kdive.images.unwind;

/** How a frame came to be on the stack. */
public enum FrameKind {
    /** It called the one before, or is where the processor stands. */
    NORMAL,
    /** Kernel code that an interrupt or exception cut short; its pc is the next instruction, not a return address. */
    INTERRUPT,
    /** User code that an interrupt or exception cut short. */
    USER,
    /** User code in a system call. */
    SYSCALL,
    /** No table covers the code before it: found by assuming a frame pointer. Shown with a question mark. */
    GUESS
}
