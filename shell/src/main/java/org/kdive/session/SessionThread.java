package org.kdive.session;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one thread that owns a session's state. */
final class SessionThread implements AutoCloseable {
    private volatile @Nullable Thread thread; // null until the first work comes
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread session = new Thread(work, "session");
        session.setDaemon(true);
        thread = session;
        return session;
    });

    /** Runs the work there and waits for its end; what it throws comes out here as it is. From that thread itself, at once. */
    <T> T call(Supplier<T> work) {
        if (Thread.currentThread() == thread) {
            return work.get();
        }
        Future<T> future = executor.submit(work::get);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the work is not ours to abandon: Session.interrupt() ends it
                } catch (ExecutionException e) {
                    throw rethrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new SessionException(String.valueOf(cause), new SessionFailure.TargetGone(String.valueOf(cause)), cause);
    }

    /** Runs the work unless this is closed, and waits for its end. */
    void last(Runnable work) {
        if (!executor.isShutdown()) {
            call(() -> {
                work.run();
                return true;
            });
        }
    }

    /** From any thread, in order; dropped once the session is closed. */
    void execute(Runnable work) {
        if (!executor.isShutdown()) {
            executor.execute(work);
        }
    }

    void after(Duration delay, Runnable work) {
        if (!executor.isShutdown()) {
            var unused = executor.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
