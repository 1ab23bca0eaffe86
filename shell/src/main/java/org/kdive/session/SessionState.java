package org.kdive.session;

/** Where the session is: one of the four, always. */
public sealed interface SessionState permits SessionState.Idle, Stop, Running, SessionState.Ended {
    /** Nothing is booted and nothing attached. */
    record Idle() implements SessionState {}

    /** The target is gone; one line says how. */
    record Ended(String how) implements SessionState {}
}
