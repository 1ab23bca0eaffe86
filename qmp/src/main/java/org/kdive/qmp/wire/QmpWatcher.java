package org.kdive.qmp.wire;

import org.kdive.qmp.QmpEvent;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpState;

/** Told what happens on a connection, on its event loop; must not block it. */
public interface QmpWatcher {
    void event(QmpEvent event);

    /** Every state but the first, CONNECTING. */
    default void state(QmpState next) {}

    /** Once, with the first failure, before anyone waiting for an answer gets it. */
    default void end(QmpFailure failure) {}
}
