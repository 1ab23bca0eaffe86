package org.kdive.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A serial line with a shell on it and KGDB behind, as Linux 6.1 has it on x86-64: console text between packets, lock step, a
 * buffer of 1024 bytes that is not checked. Notes every packet and every breach of KGDB's manners.
 */
final class KgdbPeer implements AutoCloseable {
    private static final int BUFMAX = 1024; // arch/x86/include/asm/kgdb.h
    private static final String SYSRQ = "echo g > /proc/sysrq-trigger\n";
    private static final long PC = 0xffffffff81000000L;

    private final ServerSocketChannel server;
    private final UnixDomainSocketAddress endpoint;
    private final List<String> packets = new CopyOnWriteArrayList<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private final StringBuilder line = new StringBuilder(); // typed at the shell, or a packet under way
    private boolean halted;
    private boolean known; // a client has asked before: stops are told unasked
    private boolean unacknowledged;

    KgdbPeer(Path directory) throws IOException {
        endpoint = UnixDomainSocketAddress.of(directory.resolve("line"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(endpoint);
        Thread thread = new Thread(this::serve, "kgdb-peer");
        thread.setDaemon(true);
        thread.start();
    }

    SocketAddress endpoint() {
        return endpoint;
    }

    /** Since it was asked last. */
    List<String> packets() {
        List<String> now = new ArrayList<>(packets);
        packets.clear();
        return now;
    }

    List<String> breaches() {
        return List.copyOf(breaches);
    }

    private void serve() {
        try (SocketChannel peer = server.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            while (peer.read(bytes.clear()) >= 0) {
                for (char c : ISO_8859_1.decode(bytes.flip()).toString().toCharArray()) {
                    hear(c, peer);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void hear(char c, SocketChannel peer) throws IOException {
        if (!halted) {
            type(c, peer);
        } else if (unacknowledged) {
            if (c != '+') {
                breaches.add("sent '%c' before the acknowledgement".formatted(c));
            }
            unacknowledged = false;
        } else {
            line.append(c);
            int end = line.indexOf("#");
            if (line.charAt(0) != '$') {
                line.setLength(0); // acknowledgements of what was told unasked, and the g of a BREAK
            } else if (end >= 0 && line.length() == end + 3) {
                String packet = line.substring(1, end);
                line.setLength(0);
                answer(packet, peer);
            }
        }
    }

    private void type(char c, SocketChannel peer) throws IOException {
        line.append(c);
        if (line.toString().endsWith(SYSRQ)) {
            line.setLength(0);
            write(peer, "# " + SYSRQ + "sysrq: DEBUG\r\nKGDB: Entering KGDB\r\n");
            halted = true;
            if (known) {
                say(peer, "T05thread:01;");
            }
        }
    }

    private void answer(String packet, SocketChannel peer) throws IOException {
        packets.add(packet);
        if (packet.length() + 4 > BUFMAX) {
            breaches.add("a packet of " + packet.length() + " bytes");
        }
        write(peer, "+");
        if (packet.equals("c")) {
            halted = false;
            write(peer, "/ # runs $1 + $2\r\n");
            return;
        }
        say(peer, answer(packet));
        known = true;
        halted = !packet.equals("D");
    }

    private String answer(String packet) {
        switch (packet.charAt(0)) {
            case '?':
                return "S05";
            case 'g':
                return "0".repeat(16 * 16) + "000000" + "81" + "ffffffff" + "0".repeat(40);
            case 'm':
                String[] range = packet.substring(1).split(",", -1);
                return memory(Long.parseUnsignedLong(range[0], 16), Integer.parseInt(range[1], 16));
            case 'H', 'Z', 'z', 'D':
                return "OK";
            case 's':
                return "T05thread:01;";
            default:
                return packet.equals("qC")
                        ? "QC01"
                        : packet.equals("qfThreadInfo")
                                ? "m0000000000000001"
                                : packet.equals("qsThreadInfo") ? "l" : "";
        }
    }

    private String memory(long address, int length) {
        if (2 * length + 4 > BUFMAX) {
            breaches.add("asked for %d bytes: the kernel would write past its buffer".formatted(length));
        }
        boolean isThere =
                Long.compareUnsigned(address, PC) >= 0 && Long.compareUnsigned(address + length, PC + 0x1000) <= 0;
        return isThere ? "90".repeat(length) : "E14";
    }

    private void say(SocketChannel peer, String answer) throws IOException {
        write(peer, "$%s#%02x".formatted(answer, answer.chars().sum() & 0xff));
        unacknowledged = true;
    }

    private static void write(SocketChannel peer, String text) throws IOException {
        ByteBuffer bytes = ISO_8859_1.encode(text);
        while (bytes.hasRemaining()) {
            peer.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
