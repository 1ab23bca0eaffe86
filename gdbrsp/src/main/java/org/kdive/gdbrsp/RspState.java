package org.kdive.gdbrsp;

/** Where a connection stands. */
public enum RspState {
    /** The handshake is under way. */
    CONNECTING,
    /** The target is stopped: requests are served. */
    HALTED,
    /** The target runs, or a resume is on its way out: nothing but the interrupt is sent. */
    RUNNING,
    /** Over: every request fails with the connection's first failure. */
    CLOSED
}
