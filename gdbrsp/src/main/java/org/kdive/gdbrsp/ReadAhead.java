package org.kdive.gdbrsp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers asked for the moment a stop is heard, on the loop: when the caller asks they are here or under way. Given
 * out once, and void as soon as anything was asked that may change them. Any thread.
 */
final class ReadAhead {
    private record Taken(ThreadId thread, CompletableFuture<Registers> registers) {}

    private final AtomicReference<@Nullable Taken> taken = new AtomicReference<>(); // null: nothing was read ahead
    private volatile @Nullable Function<ThreadId, CompletableFuture<Registers>> reader; // null: it is switched off

    void with(Function<ThreadId, CompletableFuture<Registers>> how) {
        reader = how;
    }

    /** The thread stopped and is the one that the stub has selected. On the loop. */
    void stopped(ThreadId thread) {
        Function<ThreadId, CompletableFuture<Registers>> how = reader;
        if (how != null) {
            taken.set(new Taken(thread, how.apply(thread)));
        }
    }

    Optional<CompletableFuture<Registers>> take(ThreadId thread) {
        Taken here = taken.getAndSet(null);
        return here != null && here.thread().equals(thread) ? Optional.of(here.registers()) : Optional.empty();
    }

    void forget() {
        taken.set(null);
    }
}
