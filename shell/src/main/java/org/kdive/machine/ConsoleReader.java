package org.kdive.machine;

import java.time.Duration;

/** One listener's place in the console. It never holds the guest up: what the ring forgets first is dropped. */
public final class ConsoleReader {
    private final ConsoleLoop loop;
    private long position;
    private long droppedBytes;
    private boolean ended;

    ConsoleReader(ConsoleLoop loop, long position) {
        this.loop = loop;
        this.position = position;
    }

    /** What has come since the last call; empty when nothing came in time, or will ever come: see {@link #ended}. */
    public byte[] read(Duration deadline) {
        ConsoleLoop.Chunk chunk = Waits.within(loop.awaitBeyond(position), deadline, "read the console")
                .orElseGet(() -> new ConsoleLoop.Chunk(new byte[0], position, false));
        droppedBytes += chunk.start() - position;
        position = chunk.end();
        ended = chunk.ended();
        return chunk.bytes();
    }

    /** Behind the last byte that was read, from the line's very first. */
    long position() {
        return position;
    }

    /** Whether the line has ended and all of it has been read. */
    public boolean ended() {
        return ended;
    }

    /** Bytes that came and went between two calls. */
    public long droppedBytes() {
        return droppedBytes;
    }
}
