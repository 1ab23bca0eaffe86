package org.kdive.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** What came from outside and waits for the session thread, in its order. */
final class Happenings {
    private final LinkedBlockingQueue<Happening> waiting = new LinkedBlockingQueue<>();
    private final AtomicBoolean drainAsked = new AtomicBoolean(); // one errand for any number of happenings
    private final SessionThread thread;
    private final Consumer<Happening> handler;

    /** @param handler called on the session thread, when nobody takes what comes */
    Happenings(SessionThread thread, Consumer<Happening> handler) {
        this.thread = thread;
        this.handler = handler;
    }

    /** From any thread: something happened. */
    void post(Happening happening) {
        waiting.add(happening);
        if (drainAsked.compareAndSet(false, true)) {
            thread.execute(this::drain);
        }
    }

    private void drain() {
        drainAsked.set(false);
        Happening happening;
        while ((happening = waiting.poll()) != null) {
            handler.accept(happening);
        }
    }

    /** From any thread: whoever waits looks again. */
    void wake() {
        waiting.add(new Happening.Wake());
    }

    /** All that waits now; nobody else will see it. Session thread. */
    List<Happening> rest() {
        List<Happening> all = new ArrayList<>();
        waiting.drainTo(all);
        return all;
    }

    /** What happened next; empty when nothing did for so long. Session thread. */
    Optional<Happening> take(Duration atMost) {
        try {
            return Optional.ofNullable(waiting.poll(atMost.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException("wait for stop: interrupted", new SessionFailure.Interrupted(), e);
        }
    }
}
