package org.kdive.images;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** A value computed once, by the first thread that asks; others wait. An exception is kept as well. */
final class Lazy<T> {
    private final FutureTask<T> task;

    Lazy(Supplier<T> supplier) {
        task = new FutureTask<>(supplier::get);
    }

    T value() {
        task.run();
        boolean interrupted = false;
        while (true) {
            try {
                T value = task.get();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return value;
            } catch (InterruptedException e) {
                interrupted = true; // the value is being computed and will come; the flag is put back
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException known) {
                    throw known;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}
