package org.kdive.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A stub as KVM makes QEMU's: a software breakpoint is refused where nothing is mapped, a hardware one when the slots are
 * taken.
 */
final class PagingStub implements AutoCloseable {
    private final ServerSocketChannel server;
    private final UnixDomainSocketAddress endpoint;
    private final int slots;
    private final Set<String> unmapped = ConcurrentHashMap.newKeySet();
    private final Set<String> hardware = ConcurrentHashMap.newKeySet();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    PagingStub(Path directory, int slots) throws IOException {
        this.slots = slots;
        this.endpoint = UnixDomainSocketAddress.of(directory.resolve("stub"));
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(endpoint);
        Thread thread = new Thread(this::serve, "paging-stub");
        thread.setDaemon(true);
        thread.start();
    }

    UnixDomainSocketAddress endpoint() {
        return endpoint;
    }

    void unmap(long address) {
        unmapped.add(Long.toHexString(address));
    }

    void map(long address) {
        unmapped.remove(Long.toHexString(address));
    }

    /** The packets about stoppoints since it was asked last. */
    List<String> heard() {
        List<String> now = List.copyOf(heard);
        heard.clear();
        return now;
    }

    private void serve() {
        try (SocketChannel peer = server.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            StringBuilder pending = new StringBuilder();
            while (peer.read(bytes) >= 0) {
                pending.append(ISO_8859_1.decode(bytes.flip()));
                bytes.clear();
                answerAll(pending, peer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // $ payload # hh, acknowledged by +
    private void answerAll(StringBuilder pending, SocketChannel peer) throws IOException {
        for (int end = pending.indexOf("#"); end >= 0 && pending.length() >= end + 3; end = pending.indexOf("#")) {
            String answer = answer(pending.substring(pending.indexOf("$") + 1, end));
            pending.delete(0, end + 3);
            int sum = answer.chars().sum() & 0xff;
            peer.write(ISO_8859_1.encode("+$%s#%02x".formatted(answer, sum)));
        }
    }

    private String answer(String packet) {
        if (packet.startsWith("qSupported")) {
            return "PacketSize=1000";
        }
        if (packet.equals("?")) {
            return "S05";
        }
        if (!packet.matches("[zZ][0-4],.*")) {
            return "";
        }
        heard.add(packet);
        String address = packet.split(",", -1)[1];
        if (packet.startsWith("Z0")) {
            return unmapped.contains(address) ? "E16" : "OK"; // EINVAL
        }
        if (packet.startsWith("z0")) {
            return "OK";
        }
        String slot = packet.substring(1);
        if (packet.startsWith("z")) {
            return hardware.remove(slot) ? "OK" : "E02"; // ENOENT
        }
        return hardware.size() < slots && hardware.add(slot) ? "OK" : "E69"; // ENOBUFS
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
