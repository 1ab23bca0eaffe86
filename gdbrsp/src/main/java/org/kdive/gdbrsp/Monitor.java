package org.kdive.gdbrsp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.kdive.gdbrsp.wire.Hex;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** The stub's own monitor, QEMU's settings for stepping, and how the stub came to its target. */
final class Monitor {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int MOST_BYTES = 64 << 20;

    private final RspLink link;
    private final StubFeatures features;

    Monitor(RspLink link, StubFeatures features) {
        this.link = link;
        this.features = features;
    }

    CompletableFuture<String> command(String command) {
        String verb = command.strip().split("\\s+", 2)[0];
        if (features.isQemu() && (verb.equals("c") || verb.equals("cont"))) {
            return CompletableFuture.failedFuture(
                    new RspException("monitor " + command, new RspFailure.Refused("resume over the stub instead")));
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        String packet = "qRcmd," + Hex.text(command.getBytes(StandardCharsets.UTF_8));
        Request<String> request = Request.of("monitor " + command, packet, answer -> {
            if (answer.isOk()) {
                return text.toString(StandardCharsets.UTF_8);
            }
            boolean more = answer.isOutput();
            byte[] bytes = Hex.bytes(more ? answer.text().substring(1) : answer.text());
            if (bytes.length > MOST_BYTES - text.size()) {
                throw new IllegalArgumentException("more than " + MOST_BYTES + " bytes");
            }
            text.writeBytes(bytes);
            return more ? null : text.toString(StandardCharsets.UTF_8);
        });
        return link.submit(request.takingOutput().within(DEADLINE)).result();
    }

    CompletableFuture<Integer> stepBits() {
        return link.submit(Request.of("read the stepping bits", "qqemu.sstep", answer -> {
                    String text = answer.text();
                    return (int) Hex.number(text.startsWith("0x") ? text.substring(2) : text);
                }))
                .result();
    }

    CompletableFuture<Void> setStepBits(int bits) {
        return Request.done(link.submit(Request.ok("set the stepping bits", "Qqemu.sstep=" + Integer.toHexString(bits)))
                .result());
    }

    CompletableFuture<Boolean> isAttached() {
        return link.submit(Request.text("ask whether it is attached", "qAttached"))
                .result()
                .thenApply(answer -> !answer.equals("0"));
    }
}
