package org.kdive.machine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for another thread's answer, with a deadline always and interruption reported. */
final class Waits {
    private Waits() {}

    /** Empty when the deadline passed; the future is cancelled then, so that whoever would answer can forget it. */
    static <T> Optional<T> within(CompletableFuture<T> future, Duration deadline, String doing) {
        try {
            return Optional.of(future.get(Math.max(0, deadline.toNanos()), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            future.cancel(false);
            return Optional.empty();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw interrupted(doing, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(doing, e.getCause());
        }
    }

    static MachineException interrupted(String doing, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new MachineException(doing + ": interrupted", new MachineFailure.Interrupted(), e);
    }
}
