package org.kdive.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Plays QEMU's side of a {@link Transcript} on a real socket, and checks the client's. It ends when it is closed. */
final class ScriptedPeer implements AutoCloseable {
    private final ServerSocketChannel server;
    private final List<String> lines;
    private final CompletableFuture<Boolean> finished = new CompletableFuture<>();
    private final CompletableFuture<Void> closing = new CompletableFuture<>();

    private ScriptedPeer(ServerSocketChannel server, List<String> lines) {
        this.server = server;
        this.lines = lines;
    }

    static ScriptedPeer listen(SocketAddress address, List<String> lines) throws IOException {
        ServerSocketChannel server = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        server.bind(address);
        ScriptedPeer peer = new ScriptedPeer(server, lines);
        Thread thread = new Thread(peer::run, "scripted-peer");
        thread.setDaemon(true);
        thread.start();
        return peer;
    }

    SocketAddress address() throws IOException {
        return server.getLocalAddress();
    }

    /** Waits for the last line; throws what went wrong before it. */
    boolean finished() throws Exception {
        return finished.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        closing.complete(null);
        server.close();
    }

    private void run() {
        try (SocketChannel socket = server.accept()) {
            OutputStream out = Channels.newOutputStream(socket);
            BufferedReader in = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8));
            boolean hangUp = false;
            for (String line : lines) {
                hangUp |= line.startsWith("!");
                perform(line, in, out);
            }
            finished.complete(true);
            if (!hangUp) {
                closing.join();
            }
        } catch (IOException | AssertionError e) {
            finished.completeExceptionally(e);
        }
    }

    private static void perform(String line, BufferedReader in, OutputStream out) throws IOException {
        if (line.startsWith("> ")) {
            String heard = in.readLine();
            if (heard == null || !QmpValue.parse(heard).equals(QmpValue.parse(line.substring(2)))) {
                throw new AssertionError("expected " + line + ", heard " + heard);
            }
        } else if (line.startsWith("< ")) {
            out.write((line.substring(2) + "\r\n").getBytes(StandardCharsets.UTF_8));
        } else if (line.startsWith("~ ")) {
            out.write(line.substring(2).getBytes(StandardCharsets.UTF_8));
        } else if (!line.startsWith("#") && !line.startsWith("!")) {
            throw new AssertionError("no such line: " + line);
        }
    }
}
