package org.kdive.command;

/** What the process's exit status says; stable, because scripts test it. */
public final class ExitStatus {
    public static final int WELL = 0;

    /** An expectation of a script failed. */
    public static final int FAILED = 1;

    /** The command line was wrong, or something it names cannot be used. */
    public static final int UNUSABLE = 2;

    /** QEMU or the guest died unexpectedly. */
    public static final int DIED = 3;

    public static final int TIMED_OUT = 4;

    /** 128 + SIGINT, as a shell reports it. */
    public static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
