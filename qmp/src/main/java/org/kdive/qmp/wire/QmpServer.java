package org.kdive.qmp.wire;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket that takes one connection; the socket's file is gone as soon as that has come, or on close. */
public final class QmpServer implements AutoCloseable {
    private static final Logger WIRE = LoggerFactory.getLogger("qmp.wire");

    private final QmpConnection connection;
    private final Path path;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicReference<@Nullable Channel> listening = new AtomicReference<>();

    QmpServer(QmpConnection connection, Path path) {
        this.connection = connection;
        this.path = path;
    }

    /** The connection that will come; its {@code ready()} completes when it has. */
    public QmpConnection connection() {
        return connection;
    }

    /** Stops listening. A connection that has come stays; one that has not fails with {@code Closed}. */
    @Override
    public void close() {
        stopListening();
        if (taken.compareAndSet(false, true)) {
            connection.close();
        }
    }

    void listenOn(Channel channel) {
        listening.set(channel);
        if (taken.get()) {
            stopListening();
        }
    }

    /** True for the first to ask. */
    boolean accept() {
        boolean first = taken.compareAndSet(false, true);
        stopListening();
        return first;
    }

    private void stopListening() {
        Channel channel = listening.getAndSet(null);
        if (channel == null) {
            return;
        }
        var unused = channel.close(); // nothing to do about a listening socket that does not close
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            WIRE.warn("cannot delete the socket {}", path, e);
        }
    }
}
