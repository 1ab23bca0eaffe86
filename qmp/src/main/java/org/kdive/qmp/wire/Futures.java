package org.kdive.qmp.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/** Waiting for what has its own deadline. */
public final class Futures {
    private Futures() {}

    /** Throws the failure itself, not a wrapper. Never on an event loop. */
    public static <T> T await(CompletableFuture<T> future, String doing) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException(new QmpFailure.Interrupted(doing), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QmpException failed) {
                throw new QmpException(failed);
            }
            throw new IllegalStateException(doing, e.getCause());
        }
    }
}
