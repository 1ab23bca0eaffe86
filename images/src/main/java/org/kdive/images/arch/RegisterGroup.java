package org.kdive.images.arch;

/** What a register is for, as gdb groups them. */
public enum RegisterGroup {
    GENERAL,
    SEGMENT,
    CONTROL,
    SYSTEM,
    VECTOR,
    FLOAT
}
