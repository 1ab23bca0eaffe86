package org.kdive.gdb;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.session.Frame;
import org.kdive.session.RegisterFile;
import org.kdive.session.Session;

/**
 * Lets gdb look at the stop that a session is at: QEMU's stub takes one client, and that is the session. Registers and
 * memory are the session's own, of x86-64 and arm64; nothing runs and nothing is written. Connect anew after each resume.
 */
final class StopServer implements AutoCloseable {
    // gdb's order without a target description: i386:x86-64 of gdb/features, the general registers alone
    private static final List<String> LONGS = List.of(
            "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15", "rip");
    private static final List<String> WORDS = List.of("eflags", "cs", "ss", "ds", "es", "fs", "gs");
    // the same of aarch64
    private static final List<String> ARM64_LONGS = Stream.concat(
                    IntStream.rangeClosed(0, 30).mapToObj(i -> "x" + i), Stream.of("sp", "pc"))
            .toList();
    private static final List<String> ARM64_WORDS = List.of("cpsr");
    private static final int MOST_BYTES = 4096;

    private final Session session;
    private final Path socket;
    private final ServerSocketChannel listening;
    private volatile Optional<Frame> stage = Optional.empty(); // empty: as the processor holds them

    private StopServer(Session session, Path socket, ServerSocketChannel listening) {
        this.session = session;
        this.socket = socket;
        this.listening = listening;
    }

    static StopServer open(Session session) throws IOException {
        Path socket = Files.createTempDirectory("kdive-stop").resolve("gdb");
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
        StopServer server = new StopServer(session, socket, listening);
        Thread thread = new Thread(server::serve, "stop-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    /** What gdb's {@code target remote} wants. */
    Path socket() {
        return socket;
    }

    /** From now on the registers are those of a frame: what its callees used and nobody saved is not available. */
    void standIn(Frame frame) {
        stage = frame.level() == 0 ? Optional.empty() : Optional.of(frame);
    }

    private void serve() {
        while (true) {
            try (SocketChannel client = listening.accept()) {
                talk(
                        new BufferedInputStream(Channels.newInputStream(client)),
                        new BufferedOutputStream(Channels.newOutputStream(client)));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void talk(InputStream in, OutputStream out) throws IOException {
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '$') {
                StringBuilder packet = new StringBuilder();
                for (c = in.read(); c >= 0 && c != '#'; c = in.read()) {
                    packet.append((char) c);
                }
                in.skipNBytes(2);
                String answer = answer(packet.toString());
                int sum = answer.chars().sum() & 0xff;
                out.write(("+$" + answer + "#%02x".formatted(sum)).getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
        }
    }

    private String answer(String packet) {
        if (packet.startsWith("qSupported")) {
            return "PacketSize=4000";
        }
        if (packet.startsWith("m")) {
            String[] words = packet.substring(1).split(",");
            return memory(Long.parseUnsignedLong(words[0], 16), Integer.parseInt(words[1], 16));
        }
        return switch (packet) {
            case "?" -> "S05";
            case "g" -> session.call(() -> registers(session.requireStop().registers()));
            case "D" -> "OK";
            default -> packet.startsWith("H") ? "OK" : "";
        };
    }

    private String memory(long address, int length) {
        try {
            return hex(session.call(() -> session.memory().read(address, Math.min(length, MOST_BYTES))));
        } catch (ImageException e) {
            return "E14";
        }
    }

    private String registers(RegisterFile registers) {
        StringBuilder hex = new StringBuilder();
        boolean isX86 = registers.value("rip").isPresent();
        (isX86 ? LONGS : ARM64_LONGS).forEach(name -> hex.append(littleEndian(registers, name, 8)));
        (isX86 ? WORDS : ARM64_WORDS).forEach(name -> hex.append(littleEndian(registers, name, 4)));
        return hex.toString();
    }

    private String littleEndian(RegisterFile registers, String name, int bytes) {
        Optional<BigInteger> known = stage.isEmpty() || WORDS.contains(name) || ARM64_WORDS.contains(name)
                ? registers.value(name)
                : Optional.ofNullable(stage.get().registers().get(name)).map(BigInteger::valueOf);
        return known.map(value -> littleEndian(value, bytes)).orElse("xx".repeat(bytes));
    }

    private static String littleEndian(BigInteger value, int bytes) {
        byte[] little = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            little[i] = value.shiftRight(8 * i).byteValue();
        }
        return hex(little);
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder(2 * bytes.length);
        for (byte each : bytes) {
            text.append(Character.forDigit(each >> 4 & 15, 16)).append(Character.forDigit(each & 15, 16));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        Files.delete(socket);
        Files.delete(socket.getParent());
    }
}
