package org.kdive.session;

/** The facade every front end uses. Confined to the session thread, but for {@link #interrupt()}. */
public final class Session implements AutoCloseable {
    /** Stops a running guest, or ends what a command is doing. Safe from any thread. */
    public void interrupt() {}

    @Override
    public void close() {}
}
