package org.kdive.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * 64 MiB through the console, as a guest that floods would send them, beside a bare read of the same bytes from the same
 * kind of socket: a main, which prints the ratio. The log has to have every byte; the heap is looked at before and after.
 */
final class ConsoleBench {
    private static final int BYTES = 64 << 20;
    private static final int PIECE = 1 << 16;

    private ConsoleBench() {}

    public static void main(String[] words) throws IOException {
        Path dir = Files.createTempDirectory("kdive-console-bench");
        byte[] flood = new byte[BYTES];
        new Random(1).nextBytes(flood);
        try {
            through(dir, flood); // to warm up
            System.gc();
            long heapBefore = used();
            double ours = through(dir, flood);
            System.gc();
            long grown = Math.max(0, used() - heapBefore);
            double bare = bare(dir, flood);
            System.out.printf("console: %.0f MiB/s with every byte in the log%n", 64 / ours);
            System.out.printf("bare read of the same socket: %.0f MiB/s; ratio %.2f%n", 64 / bare, ours / bare);
            System.out.printf("heap grown by %.1f MiB%n", grown / 1048576.0);
        } finally {
            Files.deleteIfExists(dir.resolve("copy"));
            Files.deleteIfExists(dir.resolve("log"));
            Files.deleteIfExists(dir.resolve("line"));
            Files.delete(dir);
        }
    }

    private static double through(Path dir, byte[] flood) throws IOException {
        AtomicLong heard = new AtomicLong();
        Files.deleteIfExists(dir.resolve("copy"));
        try (Line line = Line.open(dir);
                Console console = Console.over(line.host(), dir.resolve("log"))) {
            console.copyTo(dir.resolve("copy"));
            AtomicLong missed = new AtomicLong();
            var listening = console.subscribe(bytes -> heard.addAndGet(bytes.length), missed::addAndGet);
            long begun = System.nanoTime();
            write(line.guest(), flood);
            write(line.guest(), "\nthe end\n".getBytes(StandardCharsets.US_ASCII));
            console.expect(Pattern.compile("the end"), Duration.ofMinutes(2));
            double seconds = (System.nanoTime() - begun) / 1e9;
            listening.close();
            console.copyTo(null);
            verify(Files.readAllBytes(dir.resolve("copy")), flood);
            System.out.printf(
                    "(a listener heard %d of %d bytes and was told that it missed %d)%n",
                    heard.get(), flood.length + 9, missed.get());
            return seconds;
        }
    }

    private static void verify(byte[] log, byte[] flood) {
        CRC32 sent = new CRC32();
        sent.update(flood);
        CRC32 kept = new CRC32();
        kept.update(log, 0, Math.min(log.length, flood.length));
        if (log.length != flood.length + 9 || sent.getValue() != kept.getValue()) {
            throw new IllegalStateException("the log has lost something: " + log.length + " bytes");
        }
    }

    private static double bare(Path dir, byte[] flood) throws IOException {
        try (Line line = Line.open(dir)) {
            Thread writer = new Thread(() -> {
                try {
                    write(line.guest(), flood);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            long begun = System.nanoTime();
            writer.start();
            ByteBuffer buffer = ByteBuffer.allocate(PIECE);
            for (long left = flood.length; left > 0; left -= line.host().read(buffer.clear())) {}
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    private static void write(SocketChannel to, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private record Line(SocketChannel guest, SocketChannel host) implements AutoCloseable {
        static Line open(Path dir) throws IOException {
            Path socket = dir.resolve("line");
            Files.deleteIfExists(socket);
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                SocketChannel guest = SocketChannel.open(server.getLocalAddress());
                return new Line(guest, server.accept());
            }
        }

        @Override
        public void close() throws IOException {
            guest.close();
            host.close();
        }
    }
}
