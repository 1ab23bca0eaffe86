package org.kdive.gdbrsp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.kdive.gdbrsp.wire.Hex;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** Which threads there are, and what the stub knows of each. */
final class ThreadAccess {
    private static final int MOST_THREADS = 1 << 16;

    private final RspLink link;

    ThreadAccess(RspLink link) {
        this.link = link;
    }

    CompletableFuture<List<ThreadId>> list() {
        CompletableFuture<List<ThreadId>> result = new CompletableFuture<>();
        nextThreads("qfThreadInfo", new ArrayList<>(), result);
        return result;
    }

    private void nextThreads(String packet, List<ThreadId> soFar, CompletableFuture<List<ThreadId>> result) {
        Request<String> request = Request.text("list threads", packet).takingEmpty();
        link.submit(request).whenAnswered((answer, thrown) -> {
            if (thrown != null) {
                result.completeExceptionally(thrown);
            } else if (!answer.startsWith("m") || answer.length() == 1 || soFar.size() > MOST_THREADS) {
                result.complete(List.copyOf(soFar)); // l, or for KGDB the empty packet
            } else {
                try {
                    for (String one : answer.substring(1).split(",", -1)) {
                        soFar.add(ThreadId.parse(one));
                    }
                    nextThreads("qsThreadInfo", soFar, result);
                } catch (RspException e) {
                    result.completeExceptionally(e);
                }
            }
        });
    }

    CompletableFuture<String> name(ThreadId thread) {
        String packet = "qThreadExtraInfo," + thread.wire();
        return link.submit(Request.of(
                                "name thread " + thread,
                                packet,
                                answer -> new String(Hex.bytes(answer.text()), StandardCharsets.UTF_8))
                        .takingEmpty()) // gdbserver has names in another place, and none of its own
                .result();
    }

    CompletableFuture<Boolean> isAlive(ThreadId thread) {
        return link.submit(Request.ok("ask after thread " + thread, "T" + thread.wire()))
                .result()
                .handle((ok, thrown) -> {
                    if (thrown == null) {
                        return true;
                    }
                    RspException e = RspException.from(thrown);
                    if (e.failure() instanceof RspFailure.StubError) {
                        return false;
                    }
                    throw e;
                });
    }
}
