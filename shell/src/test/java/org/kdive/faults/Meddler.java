package org.kdive.faults;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** Stands between kdive and one of QEMU's sockets, hands all on, and at times holds it up or says something of its own. */
final class Meddler implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final UnixDomainSocketAddress address;
    private final ServerSocketChannel server;
    private final SocketAddress real;
    private final ReentrantLock towardsKdive = new ReentrantLock(); // between two pieces of QEMU's, where a line ends
    private volatile SocketChannel kdive;
    private volatile boolean closed;
    private volatile Duration late = Duration.ZERO;
    private final AtomicReference<UnaryOperator<byte[]>> spoiler = new AtomicReference<>();

    Meddler(Path socket, SocketAddress real) throws IOException {
        this.address = UnixDomainSocketAddress.of(socket);
        this.real = real;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        daemon("meddler", this::serve);
    }

    UnixDomainSocketAddress address() {
        return address;
    }

    /** Each piece that QEMU says arrives so much later. */
    void delay(Duration by) {
        late = by;
    }

    /** Nothing of QEMU's arrives until the lock is let go. */
    ReentrantLock stall() {
        towardsKdive.lock();
        return towardsKdive;
    }

    /** What QEMU says next arrives as something else. */
    void spoil(UnaryOperator<byte[]> how) {
        spoiler.set(how);
    }

    /** The connection breaks, as seen by kdive. */
    void cut() throws IOException {
        kdive.close();
    }

    /** Says something to kdive in QEMU's name. */
    void inject(byte[] bytes) {
        towardsKdive.lock();
        try {
            write(kdive, ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // it has hung up
        } finally {
            towardsKdive.unlock();
        }
    }

    private void serve() {
        while (!closed) {
            try (SocketChannel client = server.accept();
                    SocketChannel qemu = SocketChannel.open(real)) {
                kdive = client;
                Thread back = daemon("meddler-back", () -> pass(qemu, client, true));
                pass(client, qemu, false);
                qemu.shutdownOutput();
                back.join();
            } catch (IOException e) {
                // the next one
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void pass(SocketChannel from, SocketChannel to, boolean back) {
        ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(bytes.clear()) >= 0) {
                if (!back) {
                    write(to, bytes.flip());
                    continue;
                }
                LockSupport.parkNanos(late.toNanos());
                towardsKdive.lock();
                try {
                    UnaryOperator<byte[]> how = spoiler.getAndSet(null);
                    write(to, how == null ? bytes.flip() : spoilt(bytes.flip(), how));
                } finally {
                    towardsKdive.unlock();
                }
            }
            to.close();
        } catch (IOException e) {
            // one of the two has hung up
        }
    }

    private static ByteBuffer spoilt(ByteBuffer bytes, UnaryOperator<byte[]> how) {
        byte[] said = new byte[bytes.remaining()];
        bytes.get(said);
        return ByteBuffer.wrap(how.apply(said));
    }

    private static void write(SocketChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        SocketChannel last = kdive;
        if (last != null) {
            last.close();
        }
    }
}
