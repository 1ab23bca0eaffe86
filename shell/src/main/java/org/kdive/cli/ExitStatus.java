package org.kdive.cli;

/** What the process's exit status says; stable, because scripts test it. */
final class ExitStatus {
    static final int WELL = 0;

    /** An expectation of a script failed. */
    static final int FAILED = 1;

    /** The command line was wrong, or something it names cannot be used. */
    static final int UNUSABLE = 2;

    /** QEMU or the guest died unexpectedly. */
    static final int DIED = 3;

    static final int TIMED_OUT = 4;

    /** 128 + SIGINT, as a shell reports it. */
    static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
