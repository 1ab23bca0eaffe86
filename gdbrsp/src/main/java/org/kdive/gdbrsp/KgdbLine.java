package org.kdive.gdbrsp;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.KgdbTransport;
import org.kdive.gdbrsp.wire.NettyTransport;
import org.kdive.gdbrsp.wire.RspTransport;

/** A serial line with KGDB on it, and the kernel's console between its packets. */
public final class KgdbLine {
    /** What the kernel prints when it enters: kernel/debug/debug_core.c, and sysrq's own word. */
    private static final String ENTERING = "KGDB";

    private static final Duration ENTRY = Duration.ofSeconds(3);

    private final KgdbTransport transport;
    private final CompletableFuture<Boolean> entered = new CompletableFuture<>();
    private final StringBuilder heard = new StringBuilder();

    private KgdbLine(RspTransport line, Supplier<CompletableFuture<?>> sendBreak, Consumer<byte[]> console) {
        this.transport = new KgdbTransport(line, sendBreak, text -> {
            listen(text);
            console.accept(text);
        });
    }

    /**
     * Blocks until connected.
     *
     * @param sendBreak makes the line's other end see a BREAK
     * @param console told of the console's text, on the loop: it must not block
     */
    public static KgdbLine open(
            SocketAddress endpoint,
            Duration timeout,
            Supplier<CompletableFuture<?>> sendBreak,
            Consumer<byte[]> console) {
        return new KgdbLine(NettyTransport.connect(endpoint, timeout), sendBreak, console);
    }

    // the first entry is told in words; later ones by a stop reply
    private void listen(byte[] text) {
        if (!entered.isDone()) {
            heard.append(new String(text, StandardCharsets.ISO_8859_1));
            if (heard.indexOf(ENTERING) >= 0) {
                entered.complete(true);
            }
        }
    }

    /** To the console. Any thread; a kernel that is stopped takes it for damaged packets, so only while it runs. */
    public void type(byte[] text) {
        transport.type(text);
    }

    /** Breaks into the kernel and greets KGDB. Throws TimedOut when the kernel does not answer. */
    public RspClient connect(RspOptions options) {
        transport.start(new RspTransport.Receiver() {
            @Override
            public void received(byte[] bytes) {
                entered.complete(true); // its stop reply: a client was here before
            }

            @Override
            public void disconnected(@Nullable Throwable cause) {
                entered.complete(false);
            }
        });
        var unused = transport.breakIn().whenComplete((sent, thrown) -> {
            if (thrown != null) {
                entered.completeExceptionally(thrown);
            }
        });
        try {
            var unusedEntry = entered.get(ENTRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // it may wait in KGDB already (kgdbwait) and hear no BREAK
        } catch (InterruptedException e) {
            transport.close();
            Thread.currentThread().interrupt();
            throw new RspException("break into KGDB", new RspFailure.Refused("interrupted"), e);
        } catch (ExecutionException e) {
            transport.close();
            throw new RspException(
                    "break into KGDB",
                    new RspFailure.Refused(String.valueOf(
                            e.getCause() == null ? e : e.getCause().getMessage())),
                    e);
        }
        return RspClient.over(transport, options);
    }
}
