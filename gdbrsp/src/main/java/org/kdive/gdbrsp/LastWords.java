package org.kdive.gdbrsp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** The two packets after which nothing may follow: the connection is closed at once, whatever the answer. */
final class LastWords {
    private static final Duration KILL_DEADLINE = Duration.ofSeconds(2);

    private LastWords() {}

    static CompletableFuture<Void> detach(RspLink link, Optional<ThreadId> first) {
        long process = first.map(ThreadId::process).orElse(0L);
        return say(link, "detach", process == 0 ? "D" : "D;" + Long.toHexString(process), null);
    }

    /** Silence and a broken connection are consent. */
    static CompletableFuture<Void> kill(RspLink link) {
        return say(link, "kill the target", "k", KILL_DEADLINE);
    }

    private static CompletableFuture<Void> say(
            RspLink link, String doing, String packet, @Nullable Duration silenceIsConsent) {
        Request<String> request = Request.text(doing, packet).takingStop().thenSilence();
        if (silenceIsConsent != null) {
            request.within(silenceIsConsent);
        }
        // chained before it is sent: what follows runs on the loop, and who waits finds the connection closed
        CompletableFuture<Void> said = request.result()
                .handle((answer, thrown) -> {
                    if (thrown != null) {
                        RspException e = RspException.from(thrown);
                        boolean gone = e.failure() instanceof RspFailure.Disconnected
                                || e.failure() instanceof RspFailure.TimedOut;
                        if (silenceIsConsent == null || !gone) {
                            throw e;
                        }
                    }
                    return answer;
                })
                .whenComplete((answer, thrown) -> {
                    if (link.state() == RspState.HALTED) {
                        link.close(new RspFailure.ClosedHere());
                    }
                })
                .thenAccept(answer -> {});
        link.submit(request);
        return said;
    }
}
