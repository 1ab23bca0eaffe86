package org.kdive.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The facade every front end uses. Confined to the session thread, but for {@link #interrupt()} and {@link #call}. */
public final class Session implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread named = new Thread(work, "session");
        named.setDaemon(true);
        return named;
    });

    private Session() {}

    public static Session open() {
        return new Session();
    }

    /** Runs work on the session's thread and waits for its end; throws what the work threw. */
    public <T> T call(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, thread).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw e;
        }
    }

    /** Stops a running guest, or ends what a command is doing. Safe from any thread. */
    public void interrupt() {}

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
