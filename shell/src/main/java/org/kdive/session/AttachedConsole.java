package org.kdive.session;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.Console;
import org.kdive.machine.RunDirectory;

/**
 * The serial line of a machine that somebody else started: a socket of its own, or the text between the packets of a line
 * that KGDB uses too. Any thread.
 */
final class AttachedConsole implements AutoCloseable {
    private static final int READ_BYTES = 4096;

    private final RunDirectory directory; // for the log
    private final Console console;
    private final @Nullable SocketChannel inner; // our end, where the line is not the console's alone; else null
    private final ExecutorService writer;
    private @Nullable ConsoleDevice device; // null: a socket

    private AttachedConsole(RunDirectory directory, SocketChannel line, @Nullable SocketChannel inner)
            throws IOException {
        this.directory = directory;
        this.console = Console.over(line, directory.path().resolve("log"));
        this.inner = inner;
        this.writer = Executors.newSingleThreadExecutor(task -> daemon(task, "console-feed"));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** An endpoint, or the path of a terminal (QEMU's pty, a serial port), of a file that QEMU writes, or of a socket. */
    static AttachedConsole of(String words) {
        if (words.contains(":") || !words.contains("/")) {
            return at(AttachPlan.endpoint("--console", words));
        }
        Path path = Path.of(words);
        boolean device = !Files.isRegularFile(path) && !Files.isDirectory(path) && path.startsWith("/dev");
        if (!device && !Files.isRegularFile(path)) {
            return at(AttachPlan.endpoint("--console", "unix:" + path)); // one, or what is wrong with it
        }
        try {
            ConsoleDevice opened = device ? ConsoleDevice.terminal(path) : ConsoleDevice.file(path);
            AttachedConsole console = shared(opened::write);
            daemon(() -> opened.readInto(console::heard), "console-device").start();
            console.device = opened;
            return console;
        } catch (IOException e) {
            throw failed("open the console " + words, e);
        }
    }

    private static AttachedConsole at(SocketAddress endpoint) {
        RunDirectory directory = RunDirectory.create();
        try {
            return new AttachedConsole(directory, SocketChannel.open(endpoint), null);
        } catch (IOException e) {
            directory.remove();
            throw failed("connect to the console at " + AttachPlan.spelled(endpoint), e);
        }
    }

    /** @param typed what somebody types is given to it, off the session's thread */
    static AttachedConsole shared(Consumer<byte[]> typed) {
        RunDirectory directory = RunDirectory.create();
        try {
            UnixDomainSocketAddress meeting =
                    UnixDomainSocketAddress.of(directory.path().resolve("line"));
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(meeting);
                SocketChannel line = SocketChannel.open(meeting);
                SocketChannel inner = server.accept();
                Files.delete(meeting.getPath());
                daemon(() -> read(inner, typed), "console-typed").start();
                return new AttachedConsole(directory, line, inner);
            }
        } catch (IOException e) {
            directory.remove();
            throw failed("make a console of the line", e);
        }
    }

    private static void read(SocketChannel inner, Consumer<byte[]> typed) {
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        try {
            while (inner.read(buffer.clear()) >= 0) {
                typed.accept(Arrays.copyOf(buffer.array(), buffer.position()));
            }
        } catch (IOException e) {
            // closed: nobody types any more
        }
    }

    /** Text of the shared line. Returns at once. */
    void heard(byte[] text) {
        later(() -> {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(text);
                while (inner != null && bytes.hasRemaining()) {
                    inner.write(bytes);
                }
            } catch (IOException e) {
                // the console is closed
            }
        });
    }

    private void later(Runnable task) {
        try {
            writer.execute(task);
        } catch (RejectedExecutionException e) {
            // closed meanwhile
        }
    }

    /** Whether what is sent to it goes nowhere. */
    boolean isDeaf() {
        return device != null && device.isFile();
    }

    Console console() {
        return console;
    }

    private static SessionException failed(String doing, IOException e) {
        return new SessionException("%s: %s".formatted(doing, e.getMessage()), new SessionFailure.Io(doing), e);
    }

    @Override
    public void close() {
        writer.shutdown();
        if (device != null) {
            device.close();
        }
        console.close();
        try {
            if (inner != null) {
                inner.close();
            }
        } catch (IOException e) {
            // nobody is at the other end any more
        }
        directory.remove();
    }
}
