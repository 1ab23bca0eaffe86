package org.kdive.session;

import java.time.Duration;

/** Why the session could not do what was asked. Callers branch on this, never on the message. */
public sealed interface SessionFailure {
    /** The words are wrong; {@code usage} says how they should be. */
    record Usage(String usage) implements SessionFailure {}

    /** No machine is booted and no stub attached. */
    record NoTarget() implements SessionFailure {}

    /** It needs a stopped guest, and the guest runs. */
    record GuestRunning() implements SessionFailure {}

    /** A {@link Stop} held across a resume. */
    record StaleStop() implements SessionFailure {}

    record NoSymbol(String name) implements SessionFailure {}

    record NoRegister(String name) implements SessionFailure {}

    /** @param address the first byte that could not be read or written, run-time virtual */
    record Unreadable(long address) implements SessionFailure {}

    /** An {@code expect} that was not met. */
    record Unexpected(String what) implements SessionFailure {}

    record TimedOut(Duration deadline) implements SessionFailure {}

    /** QEMU or the stub is gone. */
    record TargetGone(String how) implements SessionFailure {}

    /** QEMU or the stub said no. */
    record Refused(String peer) implements SessionFailure {}

    /** This target, architecture or kernel has no such thing. */
    record Unsupported(String what) implements SessionFailure {}

    /** QEMU makes no progress in a replay. */
    record Stalled(long instruction) implements SessionFailure {}

    /** The user pressed Ctrl-C. */
    record Interrupted() implements SessionFailure {}

    /** A file of the user's could not be read or written. */
    record Io(String path) implements SessionFailure {}
}
