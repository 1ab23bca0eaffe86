package org.kdive.qmp;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.kdive.qmp.wire.Futures;
import org.kdive.qmp.wire.QmpConnection;
import org.kdive.qmp.wire.QmpTransport;

/**
 * One QMP connection to one QEMU. Safe from any thread.
 *
 * <p>Futures and callbacks complete on the connection's event loop and must not block there; {@link #call} is for
 * threads that may. Every failure is a {@link QmpException}. Once the connection has ended everything fails with the
 * first failure, which {@link #closed()} keeps.
 */
public final class QmpClient implements AutoCloseable {
    /** For commands that do not say otherwise. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    // A QEMU that has connected greets as soon as its main loop runs; a big guest's memory is prepared before that.
    private static final Duration NEGOTIATION = Duration.ofSeconds(30);
    private static final int EVENTS_KEPT = 1024;

    private final QmpConnection connection;
    private final Subscriptions subscriptions;

    QmpClient(QmpConnection connection, Subscriptions subscriptions) {
        this.connection = connection;
        this.subscriptions = subscriptions;
    }

    /**
     * Connects to a QEMU that listens, and returns once the capabilities are negotiated. No second try: a QEMU that
     * may not be up yet is better met with {@link #listen}.
     */
    public static QmpClient connect(SocketAddress endpoint, Duration timeout) {
        Subscriptions subscriptions = new Subscriptions();
        QmpConnection connection = QmpTransport.connect(endpoint, timeout, subscriptions);
        Futures.await(connection.ready(), "connecting to " + connection.endpoint());
        return new QmpClient(connection, subscriptions);
    }

    /** Waits for a QEMU started with {@code -qmp unix:PATH}: no start-up race, and nothing to retry. */
    public static QmpListener listen(UnixDomainSocketAddress endpoint) {
        Subscriptions subscriptions = new Subscriptions();
        var server = QmpTransport.listen(endpoint, NEGOTIATION, subscriptions);
        return new QmpListener(server, subscriptions);
    }

    /** Loads what the first connection needs. A cold virtual machine takes 50 ms for it, which another thread can spend. */
    public static void warmUp() {
        QmpTransport.warmUp();
        QmpValue.parse("{}");
    }

    public QmpGreeting greeting() {
        return connection.greeting();
    }

    public QmpState state() {
        return connection.state();
    }

    /** Completes with the first failure of this connection, {@link QmpFailure.Closed} if it was us. */
    public CompletableFuture<QmpFailure> closed() {
        return connection.closed();
    }

    public CompletableFuture<QmpValue> execute(String name, Map<String, ?> arguments) {
        return execute(name, arguments, DEFAULT_DEADLINE);
    }

    /** What came under "return". Arguments are values as {@link QmpValue#of} takes them. */
    public CompletableFuture<QmpValue> execute(String name, Map<String, ?> arguments, Duration deadline) {
        return connection.send(name, QmpValue.of(arguments), deadline);
    }

    public <R> CompletableFuture<R> execute(QmpCommand<R> command) {
        Duration deadline = command.deadline().orElse(DEFAULT_DEADLINE);
        return execute(command.name(), command.arguments(), deadline).thenApply(reply -> read(command, reply));
    }

    /** Waits for the answer. Not on the event loop, which would wait for itself. */
    public <R> R call(QmpCommand<R> command) {
        return await(execute(command), command.name());
    }

    /** Waits for the answer of any command. Not on the event loop. */
    public QmpValue call(String name, Map<String, ?> arguments) {
        return await(execute(name, arguments), name);
    }

    /** Starts a queue of the events that pass; close it when done. */
    public QmpSubscription subscribe(Predicate<QmpEvent> filter) {
        return subscribe(filter, EVENTS_KEPT);
    }

    /** The same with room for so many events. */
    public QmpSubscription subscribe(Predicate<QmpEvent> filter, int capacity) {
        return subscriptions.add(filter, null, null, capacity);
    }

    /** Calls back on the event loop, which the callback must not block; what it throws is logged. */
    public QmpSubscription subscribe(Predicate<QmpEvent> filter, Consumer<QmpEvent> callback) {
        return subscriptions.add(filter, callback, null, 1);
    }

    /** The same, told once when the connection ends. */
    QmpSubscription subscribe(Predicate<QmpEvent> filter, Consumer<QmpEvent> callback, Consumer<QmpFailure> onEnd) {
        return subscriptions.add(filter, callback, onEnd, 1);
    }

    /** Closes the connection, not QEMU. Twice is harmless. */
    @Override
    public void close() {
        connection.close();
    }

    /** What a command looks like in messages. */
    static String sent(String name, Map<String, ?> arguments) {
        return QmpConnection.sent(name, QmpValue.of(arguments));
    }

    private <T> T await(CompletableFuture<T> future, String doing) {
        if (connection.isEventLoop()) {
            throw new IllegalStateException(doing + ": waiting on the event loop of " + connection.endpoint());
        }
        return Futures.await(future, doing);
    }

    private static <R> R read(QmpCommand<R> command, QmpValue reply) {
        try {
            return command.read(reply);
        } catch (QmpException unexpected) {
            throw new QmpException("QEMU's answer to " + command.name(), unexpected.failure());
        }
    }
}
