package org.kdive.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the guest's serial line: drains it always, writes what is queued, keeps the history. Others ask
 * it by task; it does nothing that can block on them. An undrained line stalls the guest, and on some boards QEMU.
 */
final class ConsoleLoop implements Runnable {
    private static final int READ_BYTES = 1 << 16;

    /** What came since a position; {@code start} is later than asked when the ring has forgotten some. */
    static final class Chunk {
        private final byte[] bytes;
        private final long start;
        private final boolean ended;

        Chunk(byte[] bytes, long start, boolean ended) {
            this.bytes = bytes;
            this.start = start;
            this.ended = ended;
        }

        /** Not copied: they are handed on to one reader. */
        byte[] bytes() {
            return bytes;
        }

        long start() {
            return start;
        }

        long end() {
            return start + bytes.length;
        }

        boolean ended() {
            return ended;
        }
    }

    private record Waiter(long position, CompletableFuture<Chunk> answer) {}

    private final SocketChannel channel;
    private final Selector selector;
    private final ConsoleRing ring;
    private final ConsoleLog log;
    private final int sendLimitBytes;
    private final Queue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private volatile boolean closing; // set once, by anyone; read by the loop
    private volatile boolean finished; // set once, by the loop, before it empties the tasks for the last time

    // Owned by the loop's thread.
    private final List<Waiter> waiters = new ArrayList<>();
    private final Deque<ByteBuffer> outgoing = new ArrayDeque<>();
    private int outgoingBytes;
    private @Nullable ConsoleLog copy; // null: nobody wants one

    ConsoleLoop(SocketChannel channel, ConsoleRing ring, ConsoleLog log, int sendLimitBytes) throws IOException {
        this.channel = channel;
        this.ring = ring;
        this.log = log;
        this.sendLimitBytes = sendLimitBytes;
        this.selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    CompletableFuture<@Nullable Void> ended() {
        return ended;
    }

    CompletableFuture<Chunk> since(long position) {
        return ask(() -> chunk(position));
    }

    /** Closes the copy before; true always. */
    CompletableFuture<Boolean> copyTo(@Nullable ConsoleLog next) {
        return ask(() -> {
            closeCopy();
            copy = next;
            return true;
        });
    }

    private void closeCopy() {
        try {
            if (copy != null) {
                copy.close();
            }
        } catch (IOException e) {
            copy = null; // what could be written is written
        }
    }

    CompletableFuture<Long> position() {
        return ask(ring::end);
    }

    /** Completes once there is a byte at {@code position}, or the line has ended. */
    CompletableFuture<Chunk> awaitBeyond(long position) {
        CompletableFuture<Chunk> answer = new CompletableFuture<>();
        // Not thenCompose: the caller's cancel has to reach the very future that the waiter holds.
        var unused = ask(() -> enlist(new Waiter(position, answer))).whenComplete((waiting, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    private boolean enlist(Waiter waiter) {
        waiters.add(waiter);
        wakeWaiters();
        return true;
    }

    /** False when so much is queued already that the guest cannot be reading. */
    CompletableFuture<Boolean> send(byte[] bytes) {
        ByteBuffer copy = ByteBuffer.wrap(bytes.clone());
        return ask(() -> queue(copy));
    }

    /** Ends the loop; what waits fails. From any thread, any number of times. */
    void close() {
        closing = true;
        selector.wakeup();
    }

    @Override
    public void run() {
        try (selector;
                log) {
            byte[] bytes = new byte[READ_BYTES];
            while (!closing) {
                selector.select();
                for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                transfer(bytes);
            }
        } catch (IOException e) {
            // A selector or a log that cannot be closed: there is nobody left whom it could concern.
            closing = true;
        } finally {
            end();
            closeCopy();
            finished = true;
            refuseTasks();
            waiters.forEach(waiter -> waiter.answer().completeExceptionally(closedHere()));
        }
    }

    private void transfer(byte[] bytes) {
        if (ended.isDone()) {
            return;
        }
        try {
            int length = channel.read(ByteBuffer.wrap(bytes));
            if (length < 0) {
                end();
            } else if (length > 0) {
                ring.add(bytes, length);
                log.add(bytes, length);
                if (copy != null) {
                    copy.add(bytes, length);
                }
                wakeWaiters();
            }
            write();
        } catch (IOException gone) {
            // QEMU died with bytes of ours unread: for the line that is its end like any other.
            end();
        }
    }

    private void write() throws IOException {
        while (!outgoing.isEmpty()) {
            ByteBuffer first = outgoing.element();
            outgoingBytes -= channel.write(first);
            if (first.hasRemaining()) {
                break;
            }
            outgoing.remove();
        }
        SelectionKey key = channel.keyFor(selector);
        if (key != null && key.isValid()) {
            key.interestOps(outgoing.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private boolean queue(ByteBuffer bytes) {
        if (ended.isDone()) {
            throw closedByPeer();
        }
        if (outgoingBytes + bytes.remaining() > sendLimitBytes) {
            return false;
        }
        outgoing.add(bytes);
        outgoingBytes += bytes.remaining();
        return true;
    }

    private void end() {
        try {
            channel.close();
        } catch (IOException e) {
            // Its descriptor is gone either way.
            outgoing.clear();
        }
        outgoing.clear();
        ended.complete(null);
        wakeWaiters();
    }

    private void wakeWaiters() {
        waiters.removeIf(waiter -> {
            if (ring.end() > waiter.position() || ended.isDone()) {
                waiter.answer().complete(chunk(waiter.position()));
            }
            // A waiter whose deadline passed has cancelled its answer.
            return waiter.answer().isDone();
        });
    }

    private Chunk chunk(long position) {
        byte[] bytes = ring.copyFrom(position);
        return new Chunk(bytes, ring.end() - bytes.length, ended.isDone());
    }

    private <T> CompletableFuture<T> ask(Supplier<T> question) {
        Task<T> task = new Task<>(question, new CompletableFuture<>());
        tasks.add(task);
        selector.wakeup();
        if (finished) {
            refuseTasks();
        }
        return task.answer();
    }

    private void refuseTasks() {
        for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
            task.answer().completeExceptionally(closedHere());
        }
    }

    private static MachineException closedHere() {
        return new MachineException("the console is closed", new MachineFailure.ConsoleClosed());
    }

    static MachineException closedByPeer() {
        return new MachineException("the guest's serial line has ended", new MachineFailure.ConsoleClosed());
    }

    private record Task<T>(Supplier<T> question, CompletableFuture<T> answer) {
        void run() {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
