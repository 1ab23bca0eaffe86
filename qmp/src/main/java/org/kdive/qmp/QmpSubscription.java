package org.kdive.qmp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Events that pass a filter, from its making to its close. The event loop fills its queue and never waits: when it is
 * full the oldest goes. One thread at a time may poll.
 */
public final class QmpSubscription implements AutoCloseable {
    private static final Object END = new Object();

    private final Subscriptions home;
    private final Predicate<QmpEvent> filter;
    private final @Nullable Consumer<QmpEvent> callback; // null for a queue
    private final @Nullable Consumer<QmpFailure> onEnd; // null if nobody cares
    private final int capacity;
    private final BlockingQueue<Object> queue; // events, and END last
    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable QmpFailure failure; // why the connection ended; null while it lives
    private volatile boolean closed;

    QmpSubscription(
            Subscriptions home,
            Predicate<QmpEvent> filter,
            @Nullable Consumer<QmpEvent> callback,
            @Nullable Consumer<QmpFailure> onEnd,
            int capacity) {
        this.home = home;
        this.filter = filter;
        this.callback = callback;
        this.onEnd = onEnd;
        this.capacity = capacity;
        this.queue = new ArrayBlockingQueue<>(capacity + 1);
    }

    /**
     * The next event; empty if none came in time, or this is closed. Once the connection has ended and the queue is
     * empty, throws that end's failure.
     */
    public Optional<QmpEvent> poll(Duration timeout) {
        if (closed) {
            return Optional.empty();
        }
        try {
            Object next = queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (next instanceof QmpEvent event) {
                return Optional.of(event);
            }
            if (next == END) {
                queue.add(END);
                throwFailure();
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException(new QmpFailure.Interrupted("waiting for an event of QEMU"), e);
        }
    }

    /** How many events were lost because nobody polled. */
    public long dropped() {
        return dropped.get();
    }

    /** No event comes after this; a thread in {@link #poll} wakes up. */
    @Override
    public void close() {
        closed = true;
        home.remove(this);
        putLast(END);
    }

    void publish(QmpEvent event) {
        if (closed || !filter.test(event)) {
            return;
        }
        if (callback != null) {
            callback.accept(event);
            return;
        }
        put(event);
    }

    void end(QmpFailure why) {
        failure = why;
        putLast(END);
        if (onEnd != null) {
            onEnd.accept(why);
        }
    }

    private void put(QmpEvent event) {
        while (queue.size() >= capacity) {
            if (queue.poll() instanceof QmpEvent) {
                dropped.incrementAndGet();
            }
        }
        putLast(event);
    }

    // There is one place more than events may take, so the end always fits.
    private void putLast(Object next) {
        while (!queue.offer(next)) {
            queue.poll();
        }
    }

    private void throwFailure() {
        QmpFailure why = failure;
        if (why != null && !closed) {
            throw new QmpException("wait for an event of QEMU", why);
        }
    }
}
