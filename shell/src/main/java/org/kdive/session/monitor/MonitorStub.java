package org.kdive.session.monitor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpSubscription;

/**
 * A gdb stub of this process, for a QEMU of which there is nothing but its monitor: registers and memory by HMP and QMP,
 * {@code stop} and {@code cont} for the interrupt and the continue, and nothing else. It says so: {@link #MARK} is among its
 * features. Listens on a socket in a directory that is ours alone, for one client. A thread of its own answers.
 */
public final class MonitorStub implements AutoCloseable {
    /** The feature by which its client knows it: there are no breakpoints, no steps, no writes. */
    public static final String MARK = "org.kdive.monitor";

    private static final int PACKET_BYTES = 0x4000;
    private static final int INTERRUPT = 3;

    private final ServerSocketChannel server;
    private final UnixDomainSocketAddress endpoint;
    private final QmpClient qmp;
    private final MonitorAnswers answers;
    private final MonitorMemory memory;
    private final QmpSubscription events;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(MonitorStub::daemon);
    private final StringBuilder pending = new StringBuilder();
    private @Nullable SocketChannel peer; // null until it has connected
    private boolean running;
    private boolean silent; // acknowledges no more

    private MonitorStub(ServerSocketChannel server, UnixDomainSocketAddress endpoint, QmpClient qmp, Path directory) {
        this.server = server;
        this.endpoint = endpoint;
        this.qmp = qmp;
        this.memory = new MonitorMemory(qmp, directory);
        this.answers = new MonitorAnswers(qmp, memory);
        this.events = qmp.subscribe(
                event -> Set.of("STOP", "RESUME").contains(event.name()), event -> later(() -> heard(event.name())));
    }

    /** Stops the guest, as QEMU's own stub does for a client. Throws QmpException, and IOException for the socket. */
    public static MonitorStub open(QmpClient qmp, Path directory) throws IOException {
        UnixDomainSocketAddress endpoint = UnixDomainSocketAddress.of(directory.resolve("stub"));
        ServerSocketChannel server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(endpoint);
        MonitorStub stub;
        try {
            qmp.call("stop", Map.of());
            stub = new MonitorStub(server, endpoint, qmp, directory);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        Thread reader = daemon(stub::serve);
        reader.start();
        return stub;
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "monitor-stub");
        thread.setDaemon(true);
        return thread;
    }

    public SocketAddress endpoint() {
        return endpoint;
    }

    /** Which command reads the memory. */
    public String how() {
        return memory.how();
    }

    private void later(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // closed: nobody wants to know
        }
    }

    private void serve() {
        try (SocketChannel client = server.accept()) {
            later(() -> peer = client);
            ByteBuffer bytes = ByteBuffer.allocate(PACKET_BYTES);
            while (client.read(bytes.clear()) >= 0) {
                String text = ISO_8859_1.decode(bytes.flip()).toString();
                later(() -> hear(text));
            }
        } catch (IOException e) {
            // closed, here or there
        }
    }

    // ---- on the stub's thread ----

    private void hear(String text) {
        pending.append(text);
        while (!pending.isEmpty()) {
            int end = pending.indexOf("#");
            if (pending.charAt(0) != '$') {
                if (pending.charAt(0) == INTERRUPT && running) {
                    stop();
                }
                pending.deleteCharAt(0);
            } else if (end < 0 || pending.length() < end + 3) {
                return;
            } else {
                String packet = pending.substring(1, end);
                pending.delete(0, end + 3);
                handle(packet);
            }
        }
    }

    private void handle(String packet) {
        if (!silent) {
            write("+");
        }
        if (packet.startsWith("vCont;c") || packet.equals("c")) {
            go();
        } else if (packet.equals("D")) {
            go();
            say("OK");
        } else {
            say(answers.to(packet));
            silent |= packet.equals("QStartNoAckMode");
        }
    }

    private void go() {
        memory.forget();
        try {
            qmp.call("cont", Map.of());
            running = true;
        } catch (QmpException e) {
            say("E." + e.getMessage());
        }
    }

    private void stop() {
        try {
            qmp.call("stop", Map.of()); // the event says the rest
        } catch (QmpException e) {
            say("E." + e.getMessage());
        }
    }

    private void heard(String event) {
        memory.forget();
        boolean stopped = event.equals("STOP");
        if (stopped && running) {
            say("T02thread:1;"); // SIGINT, as QEMU's for a pause
        }
        running = !stopped;
    }

    private void say(String answer) {
        int sum = answer.chars().sum() & 0xff;
        write("$%s#%02x".formatted(answer, sum));
    }

    private void write(String text) {
        try {
            if (peer != null) {
                ByteBuffer bytes = ISO_8859_1.encode(text);
                while (bytes.hasRemaining()) {
                    peer.write(bytes);
                }
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    /** Leaves the guest as it is; the QMP connection stays the caller's. */
    @Override
    public void close() {
        events.close();
        thread.shutdown();
        try {
            server.close();
            Files.deleteIfExists(endpoint.getPath());
        } catch (IOException e) {
            // it goes with its directory
        }
    }
}
