package org.kdive.images.doctor;

/** Whether something works. */
public enum Verdict {
    YES,
    /** Once its modules are loaded. */
    MODULE,
    NO,
    /** Neither the kernel nor its configuration tells. */
    UNKNOWN
}
