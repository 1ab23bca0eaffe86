package org.kdive.qmp;

import java.util.concurrent.CompletableFuture;
import org.kdive.qmp.wire.QmpServer;

/** A socket that waits for one QEMU. Its file disappears when QEMU has connected, or on close. */
public final class QmpListener implements AutoCloseable {
    private final QmpServer server;
    private final CompletableFuture<QmpClient> accepted;

    QmpListener(QmpServer server, Subscriptions subscriptions) {
        this.server = server;
        this.accepted = server.connection().ready().thenApply(ready -> new QmpClient(ready, subscriptions));
    }

    /**
     * Completes, on the event loop, once QEMU has connected and commands may be sent. There is no deadline before QEMU
     * connects: whoever starts QEMU knows first when it has died. Every call gives the same client.
     */
    public CompletableFuture<QmpClient> accept() {
        return accepted.copy();
    }

    /** Stops listening; a client that has been accepted stays open and is its owner's to close. */
    @Override
    public void close() {
        server.close();
    }
}
