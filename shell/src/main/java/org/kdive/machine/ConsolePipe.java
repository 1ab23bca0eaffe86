package org.kdive.machine;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The serial line of a recorded machine. QEMU has it on two named pipes, and two daemon threads carry it to and from the
 * socket that the {@link Console} reads: a UNIX socket is full after some hundred single bytes, and a write that QEMU has to
 * put off is one that its replay does not find (seen with 7.2 on x86: "Missing character write event in the replay log").
 */
final class ConsolePipe {
    // Input that is recorded is put into the UART whether it has room or not: 16 bytes. A byte at a time it has.
    private static final Duration BETWEEN_BYTES = Duration.ofMillis(4);
    private static final Duration MAKE = Duration.ofSeconds(5);
    private static final int READ_BYTES = 1 << 16;
    private static final int MARK_BYTES = 16;

    private final RunDirectory run;
    private final Path toGuest;
    private final Path fromGuest;
    private final byte[] mark = new byte[MARK_BYTES]; // in the stream: what follows is shown, or is not any more
    private boolean shown = true; // as the mark last said; the caller's

    ConsolePipe(RunDirectory run) {
        this.run = run;
        this.toGuest = Path.of(run.consolePipe() + ".in");
        this.fromGuest = Path.of(run.consolePipe() + ".out");
        new SplittableRandom().nextBytes(mark);
    }

    /** Before QEMU starts. */
    void make() throws IOException {
        Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", toGuest.toString(), fromGuest.toString())
                .redirectErrorStream(true)
                .start();
        try {
            if (!mkfifo.waitFor(MAKE.toMillis(), TimeUnit.MILLISECONDS) || mkfifo.exitValue() != 0) {
                throw new IOException("mkfifo %s failed".formatted(toGuest));
            }
        } catch (InterruptedException e) {
            throw Waits.interrupted("make the console's pipes", e);
        }
    }

    /** Once QEMU has them open: then opening waits for nobody. Connects to the socket that the console will read. */
    void connect() throws IOException {
        SocketChannel line = SocketChannel.open(UnixDomainSocketAddress.of(run.consoleSocket()));
        FileInputStream output = new FileInputStream(fromGuest.toFile());
        FileOutputStream input = new FileOutputStream(toGuest.toFile());
        daemon("console-output", () -> carryOutput(output, line));
        daemon("console-input", () -> carryInput(line, input));
    }

    /** Whether what QEMU writes from now on is shown. The guest is stopped: nothing is being written. */
    void show(boolean wanted) {
        if (wanted == shown) {
            return;
        }
        // opened both ways, since nothing else waits for no reader: QEMU may be gone
        try (RandomAccessFile pipe = new RandomAccessFile(fromGuest.toFile(), "rw")) {
            pipe.write(mark); // one write below PIPE_BUF: never torn
            shown = wanted;
        } catch (IOException e) {
            throw new MachineException("reach the console: " + e.getMessage(), new MachineFailure.ConsoleClosed(), e);
        }
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void carryOutput(FileInputStream pipe, SocketChannel line) {
        MarkedStream passing = new MarkedStream(mark, bytes -> {
            while (bytes.hasRemaining()) {
                line.write(bytes);
            }
        });
        try (pipe;
                line) {
            byte[] bytes = new byte[READ_BYTES];
            for (int length = pipe.read(bytes); length >= 0; length = pipe.read(bytes)) {
                passing.accept(bytes, length);
            }
        } catch (IOException ended) {
            // the console was closed, or QEMU is gone: the line has ended for its reader either way
            return;
        }
    }

    private static void carryInput(SocketChannel line, OutputStream pipe) {
        try (pipe) {
            ByteBuffer bytes = ByteBuffer.allocate(256);
            while (line.read(bytes) >= 0) {
                bytes.flip();
                while (bytes.hasRemaining()) {
                    pipe.write(bytes.get());
                    LockSupport.parkNanos(BETWEEN_BYTES.toNanos());
                }
                bytes.clear();
            }
        } catch (IOException ended) {
            return; // as above
        }
    }
}
