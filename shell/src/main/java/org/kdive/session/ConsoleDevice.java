package org.kdive.session;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A terminal of the host, as QEMU's {@code -serial pty} is one, or a file that QEMU writes, read as it grows. Any thread. */
final class ConsoleDevice implements Closeable {
    private static final int READ_BYTES = 4096;
    private static final Duration LOOK = Duration.ofMillis(50); // whether a file has grown

    private final InputStream in;
    private final @Nullable OutputStream out; // null: a file, which nobody reads
    private volatile boolean closed;

    private ConsoleDevice(InputStream in, @Nullable OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /** Raw from now on: no echo, no lines. */
    static ConsoleDevice terminal(Path path) throws IOException {
        Process stty = new ProcessBuilder("stty", "-F", path.toString(), "raw", "-echo")
                .redirectErrorStream(true)
                .start();
        String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!said.isEmpty()) {
            throw new IOException(said);
        }
        FileInputStream in = new FileInputStream(path.toFile());
        try {
            return new ConsoleDevice(in, new FileOutputStream(path.toFile()));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** From its first byte on. */
    static ConsoleDevice file(Path path) throws IOException {
        return new ConsoleDevice(new FileInputStream(path.toFile()), null);
    }

    boolean isFile() {
        return out == null;
    }

    /** Until it is closed, or the other end is. */
    void readInto(Consumer<byte[]> listener) {
        byte[] buffer = new byte[READ_BYTES];
        try {
            while (!closed) {
                int got = in.read(buffer);
                if (got > 0) {
                    listener.accept(Arrays.copyOf(buffer, got));
                } else if (out == null) {
                    LockSupport.parkNanos(LOOK.toNanos());
                } else {
                    return;
                }
            }
        } catch (IOException e) {
            // EIO: the guest's end is closed
        }
    }

    void write(byte[] text) {
        try {
            if (out != null) {
                out.write(text);
            }
        } catch (IOException e) {
            // the guest's end is closed, which reading tells
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (out != null) {
                out.close();
            }
            in.close();
        } catch (IOException e) {
            // it is let go in any case
        }
    }
}
