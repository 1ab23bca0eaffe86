package org.kdive.gdbrsp.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A byte stream to a stub and the one thread that owns the conversation over it. */
public interface RspTransport {
    /** Who is told what arrives, on the loop. */
    interface Receiver {
        void received(byte[] bytes);

        /** {@code cause} is null for an orderly end of stream. */
        void disconnected(@Nullable Throwable cause);
    }

    /** Where it leads, for messages. */
    String endpoint();

    /** Begins to read. Nothing that arrived before is lost. */
    void start(Receiver receiver);

    /** On the loop only. */
    void write(byte[] bytes);

    /** What was written leaves first. From any thread, twice too. */
    void close();

    /** Waits, bounded, until the loop's thread has ended; does not wait on the loop itself. */
    void awaitClosed();

    boolean inLoop();

    /** From any thread, kept in order for each. After the loop has ended nothing runs: {@code false}. */
    boolean execute(Runnable task);

    /** On the loop, once. */
    void schedule(Runnable task, Duration delay);

    /** As {@link System#nanoTime}. */
    long nanoTime();
}
