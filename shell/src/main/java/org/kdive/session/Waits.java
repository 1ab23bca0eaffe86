package org.kdive.session;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the session thread waits for a client's future. The clients have deadlines of their own; this one is the last. */
final class Waits {
    private static final Duration LAST = Duration.ofSeconds(60);

    private static final Duration OVERSLEPT = Duration.ofSeconds(1);

    private Waits() {}

    static <T> T on(Future<T> future, String what) {
        return on(future, LAST, what);
    }

    /** Throws what the future failed with, as it is, when that is unchecked. */
    static <T> T on(Future<T> future, Duration deadline, String what) {
        long due = System.nanoTime() + deadline.toNanos();
        try {
            return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new SessionException(
                    what + ": " + cause, new SessionFailure.TargetGone(String.valueOf(cause)), cause);
        } catch (TimeoutException e) {
            if (System.nanoTime() - due > OVERSLEPT.toNanos()) {
                return on(
                        future, deadline,
                        what); // this process was stopped, and who is waited for may not have been late
            }
            throw new SessionException(
                    what + ": no answer in " + deadline.toSeconds() + " s", new SessionFailure.TimedOut(deadline), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException(what + ": interrupted", new SessionFailure.Interrupted(), e);
        }
    }
}
