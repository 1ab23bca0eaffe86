package org.kdive.gdbrsp;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.RspTransport;

/** A transport in memory: the test's thread is the loop, its clock moves when told, the peer is an object. */
final class ManualTransport implements RspTransport {
    /** The other end. What it wants to say goes to {@link #arrive}. */
    interface Peer {
        void hear(byte[] bytes, ManualTransport back);
    }

    private record Timer(long at, Runnable task) {}

    private final Peer peer;
    private final Deque<byte[]> arriving = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private @Nullable Receiver receiver; // null until started
    private boolean closed;
    private boolean hungUp;
    private int pieceBytes = Integer.MAX_VALUE;
    private long now;

    ManualTransport(Peer peer) {
        this.peer = peer;
    }

    /** From now on what arrives is cut into pieces of that many bytes. */
    void cutEvery(int bytes) {
        pieceBytes = bytes;
    }

    void arrive(byte[] bytes) {
        arriving.add(bytes);
    }

    /** The peer closes, after what it said before. */
    void hangUp() {
        hungUp = true;
    }

    /** Delivers all that is under way, and what that brings about. */
    void settle() {
        while (!arriving.isEmpty() && !closed && receiver != null) {
            byte[] bytes = arriving.remove();
            for (int at = 0; at < bytes.length && !closed; at += Math.min(pieceBytes, bytes.length - at)) {
                int end = at + Math.min(pieceBytes, bytes.length - at);
                receiver.received(java.util.Arrays.copyOfRange(bytes, at, end));
            }
        }
        if (hungUp && !closed && receiver != null) {
            receiver.disconnected(null);
        }
    }

    /** Lets time pass. */
    void pass(Duration time) {
        long until = now + time.toNanos();
        settle();
        while (true) {
            Timer next = timers.stream()
                    .filter(timer -> timer.at() <= until)
                    .min(Comparator.comparingLong(Timer::at))
                    .orElse(null);
            if (next == null) {
                break;
            }
            timers.remove(next);
            now = next.at();
            next.task().run();
            settle();
        }
        now = until;
    }

    /** What a future holds once all has settled; throws what it failed with, or IllegalStateException when pending. */
    <T> T settled(CompletableFuture<T> future) {
        settle();
        if (!future.isDone()) {
            throw new IllegalStateException("still pending");
        }
        try {
            return future.join();
        } catch (CompletionException e) {
            throw RspException.from(e);
        }
    }

    /** All that was ever written, a character a byte. */
    String heard() {
        return heard.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Forgets what was written. */
    void forget() {
        heard.reset();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public String endpoint() {
        return "memory";
    }

    @Override
    public void start(Receiver toReceive) {
        receiver = toReceive;
    }

    @Override
    public void write(byte[] bytes) {
        if (closed) {
            throw new IllegalStateException("written after close");
        }
        heard.writeBytes(bytes);
        peer.hear(bytes, this);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void awaitClosed() {}

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public boolean execute(Runnable task) {
        task.run();
        return true;
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        timers.add(new Timer(now + delay.toNanos(), task));
    }

    @Override
    public long nanoTime() {
        return now;
    }
}
