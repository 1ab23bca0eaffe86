package org.kdive.machine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Passes the console on to one listener, on the thread that runs it. */
final class ConsoleListener implements Runnable {
    private static final Duration SLICE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(1); // for a listener that is behind

    private final ConsoleReader reader;
    private final Consumer<byte[]> listener;
    private final LongConsumer missed;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private volatile long heard; // the position behind what the listener has had
    private volatile long last = Long.MAX_VALUE; // as far as somebody waits for it to be heard

    ConsoleListener(ConsoleReader reader, Consumer<byte[]> listener, LongConsumer missed) {
        this.reader = reader;
        this.listener = listener;
        this.missed = missed;
        this.heard = reader.position();
    }

    @Override
    public void run() {
        try {
            while (!reader.ended()) {
                long droppedBefore = reader.droppedBytes();
                byte[] bytes = reader.read(SLICE);
                if (reader.droppedBytes() > droppedBefore) {
                    missed.accept(reader.droppedBytes() - droppedBefore);
                }
                if (bytes.length > 0) {
                    listener.accept(bytes);
                }
                heard = reader.position();
                if (heard >= last) {
                    caughtUp.countDown();
                }
            }
        } catch (MachineException e) {
            boolean over = e.failure() instanceof MachineFailure.ConsoleClosed
                    || e.failure() instanceof MachineFailure.Interrupted;
            if (!over) {
                throw e;
            }
            if (last != Long.MAX_VALUE && heard < last) {
                missed.accept(last - heard); // the grace was over
            }
        } finally {
            caughtUp.countDown();
        }
    }

    /** Waits until the listener has had all before this position. Any thread but the listener's. */
    void hearUpTo(long position) {
        last = position;
        if (heard < position) {
            try {
                var unused = caughtUp.await(GRACE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // whoever closes is in a hurry
            }
        }
    }
}
