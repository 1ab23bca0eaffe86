package org.kdive.machine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The guest's serial line: always drained, by a thread of its own. The file keeps the first {@value #LOG_LIMIT_BYTES}
 * bytes, the ring the last {@value #RING_BYTES}. Bytes are bytes; only {@link #expect} reads them as text. Safe from
 * any thread.
 */
public final class Console implements AutoCloseable {
    static final int RING_BYTES = 1 << 20;
    static final long LOG_LIMIT_BYTES = 16 << 20;
    private static final int SEND_LIMIT_BYTES = 1 << 20;
    private static final int TAIL_CHARACTERS = 400;
    private static final Duration SLICE =
            Duration.ofMillis(100); // how soon an expectation notices that it was given up
    // The loop does nothing that blocks; if it does not answer in this time the process is being starved.
    private static final Duration LOOP_DEADLINE = Duration.ofSeconds(30);

    private final ConsoleLoop loop;
    private final Path log;
    private final AtomicLong expected = new AtomicLong();
    private final AtomicReference<@Nullable Mark> mark = new AtomicReference<>();

    private Console(ConsoleLoop loop, Path log) {
        this.loop = loop;
        this.log = log;
    }

    /** Drains a connected socket from now on, and owns it. */
    public static Console over(SocketChannel line, Path log) throws IOException {
        ConsoleLog file = new ConsoleLog(log, LOG_LIMIT_BYTES);
        ConsoleLoop loop = new ConsoleLoop(line, new ConsoleRing(RING_BYTES), file, SEND_LIMIT_BYTES);
        daemon("console", loop);
        return new Console(loop, log);
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** The file with the first of the output; gone with the machine. */
    public Path log() {
        return log;
    }

    /**
     * Writes all that comes from now on to the end of this file as well, byte by byte, in place of the one before; null: to
     * none. Nothing is lost: the guest waits for a slow disk, and a full one ends the copy.
     */
    public void copyTo(@Nullable Path file) throws IOException {
        ConsoleLog copy = file == null ? null : ConsoleLog.appending(file);
        var unused = soon(loop.copyTo(copy), "log the console");
    }

    /** The last of the output. */
    public byte[] history() {
        return soon(loop.since(0), "read the console").bytes();
    }

    /** All of the output as far as the log and the ring have it. */
    public ConsolePast past() {
        ConsoleLoop.Chunk last = soon(loop.since(0), "read the console");
        byte[] first = logged(0, last.start());
        return new ConsolePast(first, last.start() - first.length, last.bytes());
    }

    /** From the log, which may have less: what it has no room for, and what a full disk did not take. */
    private byte[] logged(long from, long to) {
        if (from >= to) {
            return new byte[0];
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, Math.min(to, file.length()) - from)];
            file.seek(from);
            file.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            return new byte[0]; // the machine's directory is gone, and the log with it
        }
    }

    /** As the loop has it, with what the ring has forgotten out of the log, if that has all of it. */
    private ConsoleLoop.Chunk since(long position) {
        ConsoleLoop.Chunk chunk = soon(loop.since(position), "read the console");
        byte[] before = logged(position, chunk.start());
        if (before.length == 0 || before.length < chunk.start() - position) {
            return chunk;
        }
        byte[] all = Arrays.copyOf(before, before.length + chunk.bytes().length);
        System.arraycopy(chunk.bytes(), 0, all, before.length, chunk.bytes().length);
        return new ConsoleLoop.Chunk(all, position, chunk.ended());
    }

    /** Bytes that have come in all. */
    public long position() {
        return soon(loop.position(), "read the console");
    }

    /** Completes when the line ends: QEMU is gone, or it was closed here. */
    public CompletableFuture<@Nullable Void> ended() {
        return loop.ended().copy();
    }

    /** To the guest, in UTF-8, as it is: no newline is added. */
    public void send(String text) {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** To the guest. Returns when it is queued: a stopped guest reads nothing. */
    public void send(byte[] bytes) {
        if (!soon(loop.send(bytes), "send to the console")) {
            throw new MachineException(
                    "send %d bytes to the console: the guest has not read what was sent before".formatted(bytes.length),
                    new MachineFailure.ConsoleFull(SEND_LIMIT_BYTES));
        }
    }

    /** Reads what comes from now on. */
    public ConsoleReader reader() {
        return new ConsoleReader(loop, position());
    }

    /** Reads from the first byte of {@link #history} on. */
    public ConsoleReader readerFromStart() {
        return new ConsoleReader(loop, 0);
    }

    /**
     * Calls back with all that comes from now on, in order, on a thread of its own, until closed or the line ends. A
     * slow listener loses bytes and holds nobody up. Closing waits a moment for what has come to be heard.
     *
     * @param missed how many bytes the listener did not get, in their place among those it does
     */
    public Subscription subscribe(Consumer<byte[]> listener, LongConsumer missed) {
        ConsoleListener hearing = new ConsoleListener(reader(), listener, missed);
        Thread thread = daemon("console-listener", hearing);
        return () -> {
            hearing.hearUpTo(position());
            thread.interrupt();
        };
    }

    /** Ends a {@link #subscribe}. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for text. Looks only at what came after the last match, so each piece of output answers one expectation;
     * what came before the match is consumed with it. Escape sequences are not taken out.
     */
    public ConsoleMatch expect(Pattern pattern, Duration deadline) {
        return expect(pattern, deadline, () -> false);
    }

    /** @param givenUp asked again and again: true ends the waiting as the deadline would */
    public ConsoleMatch expect(Pattern pattern, Duration deadline, BooleanSupplier givenUp) {
        long deadlineNanos = System.nanoTime() + deadline.toNanos();
        long from = expected.get();
        long looked = from;
        long missedBytes = 0;
        while (true) {
            ConsoleLoop.Chunk chunk = since(from);
            missedBytes += Math.max(0, chunk.start() - looked);
            ConsoleText text = new ConsoleText(chunk.bytes(), deadlineNanos, givenUp);
            Matcher matcher = pattern.matcher(text);
            if (find(matcher)) {
                long end = chunk.start() + text.bytesOf(matcher.end());
                expected.set(end);
                return ConsoleMatch.of(text, matcher.toMatchResult(), end);
            }
            if (chunk.ended()) {
                throw new MachineException(
                        "expect /%s/: the guest's serial line has ended; the last was \"%s\""
                                .formatted(pattern, tail(text)),
                        new MachineFailure.ConsoleClosed());
            }
            looked = chunk.end();
            from = Math.max(from, looked - RING_BYTES); // what was looked at in vain is kept for what spans both
            if (!comesBeyond(looked, deadlineNanos, givenUp)) {
                throw timedOut(pattern, deadline, text, missedBytes);
            }
        }
    }

    private boolean comesBeyond(long position, long deadlineNanos, BooleanSupplier givenUp) {
        CompletableFuture<ConsoleLoop.Chunk> more = loop.awaitBeyond(position);
        try {
            while (!givenUp.getAsBoolean() && deadlineNanos - System.nanoTime() > 0) {
                long slice = Math.min(SLICE.toNanos(), deadlineNanos - System.nanoTime());
                if (Waits.within(more.copy(), Duration.ofNanos(slice), "expect on the console")
                        .isPresent()) {
                    return true;
                }
            }
            return false;
        } finally {
            more.cancel(false);
        }
    }

    /** What came so far answers no expectation any more. */
    public void skip() {
        expected.set(position());
    }

    /** The same, and what came so far is another story from now on: {@code words} say why. */
    public void skip(String words) {
        skip();
        mark.set(new Mark(expected.get(), words));
    }

    /** Where the present story begins; empty while there is only one. */
    public Optional<Mark> mark() {
        return Optional.ofNullable(mark.get());
    }

    /**
     * A place in the output.
     *
     * @param position bytes that had come in all
     */
    public record Mark(long position, String words) {}

    private static boolean find(Matcher matcher) {
        try {
            return matcher.find();
        } catch (ConsoleText.TooSlow late) {
            // The wait that follows finds its deadline passed as well, and says so.
            return false;
        }
    }

    private static MachineException timedOut(Pattern pattern, Duration deadline, ConsoleText text, long missedBytes) {
        String tail = tail(text);
        return new MachineException(
                "expect /%s/: not seen within %.1f s; the last was \"%s\"%s"
                        .formatted(
                                pattern,
                                deadline.toMillis() / 1000.0,
                                tail,
                                missedBytes > 0 ? "; %d bytes came and went unlooked at".formatted(missedBytes) : ""),
                new MachineFailure.ConsoleTimedOut(pattern.pattern(), deadline, tail, missedBytes));
    }

    /** The end of it, on one line, with nothing in it that could drive a terminal. */
    private static String tail(ConsoleText text) {
        String all = text.toString().stripTrailing();
        String last = all.substring(Math.max(0, all.length() - TAIL_CHARACTERS));
        return last.substring(last.lastIndexOf('\n') + 1).replaceAll("\\p{Cntrl}", "");
    }

    private static <T> T soon(CompletableFuture<T> answer, String doing) {
        return Waits.within(answer, LOOP_DEADLINE, doing)
                .orElseThrow(() -> new IllegalStateException(doing + ": the console thread does not answer"));
    }

    /** Ends the line. What is waiting for it fails; twice is harmless. */
    @Override
    public void close() {
        loop.close();
    }
}
