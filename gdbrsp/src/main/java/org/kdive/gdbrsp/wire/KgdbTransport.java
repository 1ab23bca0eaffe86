package org.kdive.gdbrsp.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A serial line on which both a console and KGDB are. KGDB looks at the line only once the kernel has entered it, which
 * takes a BREAK and a {@code g} (sysrq-g), so that is what becomes of an interrupt. Linux, drivers/tty/sysrq.c.
 */
public final class KgdbTransport implements RspTransport {
    private static final byte[] SYSRQ_G = {'g'};

    private final RspTransport line;
    private final Supplier<CompletableFuture<?>> sendBreak;
    private final SerialDemux demux;
    private @Nullable Receiver receiver; // null until started; on the loop
    private boolean started;
    private boolean leaving; // a detach was sent, after which the conversation itself says nothing more

    /**
     * @param sendBreak asks whoever owns the line's other end for a BREAK: no socket can carry one
     * @param console told of text, on the loop
     */
    public KgdbTransport(RspTransport line, Supplier<CompletableFuture<?>> sendBreak, Consumer<byte[]> console) {
        this.line = line;
        this.sendBreak = sendBreak;
        this.demux = new SerialDemux(console, this::packets);
    }

    private void packets(byte[] bytes) {
        if (leaving && bytes.length > 3 && bytes[bytes.length - 3] == '#') {
            leaving = false;
            line.write(
                    new byte[] {RspFraming.ACK}); // until then KGDB stays in its own put_packet, and the kernel stopped
        }
        if (receiver != null) {
            receiver.received(bytes);
        }
    }

    /** To the console, not to KGDB. From any thread. */
    public void type(byte[] text) {
        line.execute(() -> line.write(text));
    }

    /** Asks the kernel into KGDB. From any thread. Done when the question has left, failed when no BREAK could be sent. */
    public CompletableFuture<Void> breakIn() {
        return sendBreak
                .get()
                .thenRun(() -> line.execute(() -> {
                    demux.sent(false);
                    line.write(SYSRQ_G);
                }));
    }

    @Override
    public void write(byte[] bytes) {
        if (bytes.length > 0 && bytes[bytes.length - 1] == RspFraming.INTERRUPT) {
            if (bytes.length > 1) {
                line.write(Arrays.copyOf(bytes, bytes.length - 1));
            }
            var unused = breakIn();
            return;
        }
        String last = new String(bytes, StandardCharsets.ISO_8859_1);
        int packet = last.lastIndexOf('$');
        if (packet >= 0) {
            char verb = packet + 1 < last.length() ? last.charAt(packet + 1) : ' ';
            demux.sent("csCS".indexOf(verb) < 0);
            leaving = verb == 'D';
        }
        line.write(bytes);
    }

    /** A second time to hand over to another receiver. */
    @Override
    public void start(Receiver next) {
        line.execute(() -> receiver = next);
        if (!started) {
            started = true;
            line.start(new Receiver() {
                @Override
                public void received(byte[] bytes) {
                    demux.received(bytes);
                }

                @Override
                public void disconnected(@Nullable Throwable cause) {
                    if (receiver != null) {
                        receiver.disconnected(cause);
                    }
                }
            });
        }
    }

    @Override
    public String endpoint() {
        return line.endpoint();
    }

    @Override
    public void close() {
        line.close();
    }

    @Override
    public void awaitClosed() {
        line.awaitClosed();
    }

    @Override
    public boolean inLoop() {
        return line.inLoop();
    }

    @Override
    public boolean execute(Runnable task) {
        return line.execute(task);
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        line.schedule(task, delay);
    }

    @Override
    public long nanoTime() {
        return line.nanoTime();
    }
}
