package org.kdive.qmp.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpEvent;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpGreeting;
import org.kdive.qmp.QmpState;
import org.kdive.qmp.QmpValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One QMP connection: its state, its commands in flight, its events. Everything not final is owned by the event loop;
 * public methods may be called from any thread. QEMU docs/interop/qmp-spec.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close or write ends the connection, which tells everybody
public final class QmpConnection implements AutoCloseable {
    private static final Duration LAST_WORDS = Duration.ofMillis(300); // of a peer that cannot be written to
    private static final Logger WIRE = LoggerFactory.getLogger("qmp.wire");

    private final QmpLoop loop;
    private final String endpoint;
    private final QmpWatcher watcher;
    private final CompletableFuture<QmpConnection> ready = new CompletableFuture<>();
    private final CompletableFuture<QmpFailure> closed = new CompletableFuture<>();
    private final InFlight inFlight = new InFlight();
    private final AtomicLong lastId = new AtomicLong();

    private volatile QmpState state = QmpState.CONNECTING; // written by the event loop only
    private volatile @Nullable QmpGreeting greeting; // null until it comes
    private @Nullable Channel channel; // null until connected

    QmpConnection(QmpLoop loop, String endpoint, QmpWatcher watcher) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.watcher = watcher;
    }

    /** Completes once commands may be sent, or with the first failure. */
    public CompletableFuture<QmpConnection> ready() {
        return ready.copy();
    }

    /** The first failure, for good. */
    public CompletableFuture<QmpFailure> closed() {
        return closed.copy();
    }

    public QmpState state() {
        return state;
    }

    /** What QEMU said first; only once ready. */
    public QmpGreeting greeting() {
        QmpGreeting said = greeting;
        if (said == null) {
            throw new IllegalStateException("no greeting yet from " + endpoint);
        }
        return said;
    }

    public String endpoint() {
        return endpoint;
    }

    /** True on the thread that may not wait for an answer, because it is the one that brings it. */
    public boolean isEventLoop() {
        return loop.isCurrent();
    }

    /** The answer completes on the event loop with what came under "return", or with a {@link QmpException}. */
    public CompletableFuture<QmpValue> send(String name, QmpValue arguments, Duration deadline) {
        CompletableFuture<QmpValue> answer = new CompletableFuture<>();
        if (closed.isDone()) {
            failOnceClosed(answer, name);
            return answer;
        }
        long id = lastId.incrementAndGet();
        String command = sent(name, arguments);
        String line = QmpJson.write(Messages.command(name, arguments, id));
        try {
            loop.execute(() -> write(id, name, command, line, answer, deadline));
        } catch (RejectedExecutionException loopIsGone) {
            failOnceClosed(answer, name);
        }
        return answer;
    }

    /** A command as it is shown in messages: without its id. */
    public static String sent(String name, QmpValue arguments) {
        return QmpJson.write(Messages.command(name, arguments));
    }

    /** Twice is harmless. Waits for the event loop to end unless called on it. */
    @Override
    public void close() {
        try {
            loop.execute(() -> end(new QmpFailure.Closed(endpoint)));
        } catch (RejectedExecutionException alreadyClosed) {
            WIRE.trace("close of {}: closed before", endpoint);
        }
        loop.awaitEnd();
    }

    /** Bounds everything up to RUNNING. */
    void expireAfter(Duration timeout) {
        Future<?> expiry = loop.schedule(() -> end(new QmpFailure.TimedOut(awaited(), timeout)), timeout);
        ready.whenComplete((connection, failure) -> expiry.cancel(false));
    }

    void connected(Channel opened) {
        assert loop.isCurrent() : "connection state touched off the qmp loop";
        WIRE.debug("# connected to {}", endpoint);
        channel = opened;
        if (state == QmpState.CLOSED) {
            opened.close();
        }
    }

    /** One message from QEMU. */
    void receive(QmpValue message) {
        assert loop.isCurrent() : "message handled off the qmp loop";
        if (state == QmpState.CLOSED) {
            return;
        }
        if (WIRE.isDebugEnabled()) {
            WIRE.debug("< {}", message.toJson());
        }
        try {
            dispatch(message);
        } catch (QmpException malformed) {
            end(new QmpFailure.Protocol(endpoint, malformed.failure().message()));
        }
    }

    /** The first failure ends the connection and is handed to everyone waiting; later ones are consequences. */
    void end(QmpFailure failure) {
        assert loop.isCurrent() : "connection ended off the qmp loop";
        if (state == QmpState.CLOSED) {
            return;
        }
        WIRE.debug("# {}", failure.message());
        enter(QmpState.CLOSED);
        if (channel != null) {
            channel.close();
        }
        loop.shutDown();
        watcher.end(failure);
        closed.complete(failure);
        ready.completeExceptionally(new QmpException(failure));
        inFlight.takeAll().forEach(sent -> sent.fail(failure));
    }

    private void dispatch(QmpValue message) {
        if (state == QmpState.CONNECTING) {
            if (message.find("QMP").isEmpty()) {
                throw new QmpException(new QmpFailure.Mismatch("a greeting", message.toJson()));
            }
            greeting = QmpGreeting.read(message);
            enter(QmpState.NEGOTIATING);
            negotiate();
        } else if (message.find("event").isPresent()) {
            watcher.event(QmpEvent.read(message));
        } else if (message.map().containsKey("return") || message.find("error").isPresent()) {
            answer(message);
        } else {
            throw new QmpException(new QmpFailure.Mismatch("an answer or an event", message.toJson()));
        }
    }

    private void answer(QmpValue message) {
        // Read whole before its command is taken: a malformed error must not lose the one who waits.
        Optional<QmpValue> error = message.find("error");
        String kind = error.flatMap(it -> it.find("class")).map(QmpValue::text).orElse("GenericError");
        String description = error.map(it -> it.text("desc")).orElse("");
        InFlight.Sent sent = inFlight.take(message).orElse(null);
        if (sent == null) {
            WIRE.debug("# nobody asked for that");
        } else if (error.isPresent()) {
            sent.fail(new QmpFailure.Refused(kind, description, sent.json()));
        } else {
            sent.succeed(message.map().getOrDefault("return", QmpValue.empty()));
        }
    }

    private void negotiate() {
        // Nothing is enabled: out-of-band execution covers four migration commands only (QEMU 7.2).
        send("qmp_capabilities", QmpValue.empty(), Duration.ofDays(1)).whenComplete((agreed, refusal) -> {
            if (refusal instanceof QmpException failed) {
                end(failed.failure());
            } else {
                enter(QmpState.RUNNING);
                ready.complete(this);
            }
        });
    }

    private void write(
            long id, String name, String command, String line, CompletableFuture<QmpValue> answer, Duration deadline) {
        if (state == QmpState.CLOSED) {
            failOnceClosed(answer, name);
            return;
        }
        if (inFlight.isFull()) {
            answer.completeExceptionally(new QmpException(new QmpFailure.Busy(command, inFlight.size())));
            return;
        }
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("command before the connection: " + name);
        }
        Future<?> timer = loop.schedule(
                () -> answer.completeExceptionally(
                        new QmpException(new QmpFailure.TimedOut("answer to " + command, deadline))),
                deadline);
        inFlight.add(id, new InFlight.Sent(command, answer, timer));
        WIRE.debug("> {}", line);
        open.writeAndFlush(Unpooled.copiedBuffer(line + "\n", StandardCharsets.UTF_8))
                .addListener(written -> {
                    if (!written.isSuccess()) {
                        // it is gone; why, it may have said: what it sent is still to be read, and then its end
                        var unused = loop.schedule(
                                () -> end(new QmpFailure.Disconnected(endpoint, "sending: " + written.cause())),
                                LAST_WORDS);
                    }
                });
    }

    private void failOnceClosed(CompletableFuture<?> answer, String name) {
        closed.whenComplete((why, never) -> answer.completeExceptionally(new QmpException("send " + name, why)));
    }

    private void enter(QmpState next) {
        state = next;
        watcher.state(next);
    }

    private String awaited() {
        if (state == QmpState.NEGOTIATING) {
            return "agreement on capabilities with " + endpoint;
        }
        return channel == null
                ? "connection to " + endpoint
                : "greeting from " + endpoint + " (another client may hold this monitor)";
    }
}
