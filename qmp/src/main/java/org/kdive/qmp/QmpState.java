package org.kdive.qmp;

/** Where a connection is in its life; it only ever moves forward, and may skip to CLOSED from anywhere. */
public enum QmpState {
    /** No byte has come yet. */
    CONNECTING,
    /** The greeting came, the capabilities are being agreed on. */
    NEGOTIATING,
    /** Commands may be sent. */
    RUNNING,
    /** Over; {@link QmpClient#closed()} says why. */
    CLOSED
}
