package org.kdive.gdbrsp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.MemoryAccess.Chunk;
import org.kdive.gdbrsp.wire.Hex;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** Writes of any length: as {@code X} where the stub takes it, which is half as long, else as {@code M}. */
final class MemoryWriting {
    // $Mffffffffffffffff,ffff:...#hh
    private static final int OVERHEAD = 1 + 16 + 1 + 8 + 1;

    private final RspLink link;
    private final int chunkBytes;
    private @Nullable CompletableFuture<Boolean> binary; // null until the first write asks; any thread, equal answers

    MemoryWriting(RspLink link, StubFeatures features) {
        this.link = link;
        // every byte may need an escape in X, and is two digits in M
        chunkBytes = Math.min(MemoryAccess.PAGE, Math.max(1, (features.packetSizeBytes() - 4 - OVERHEAD) / 2));
        if (features.isQemu()) {
            binary = CompletableFuture.completedFuture(false); // no version of QEMU has X
        }
    }

    CompletableFuture<Void> write(ThreadId thread, long address, byte[] data) {
        MemoryAccess.check(address, data.length);
        return takesBinary(thread, address).thenCompose(yes -> write(thread, address, data, yes));
    }

    // GDB manual, "Packets", X: a stub that knows it answers OK to a write of nothing
    private CompletableFuture<Boolean> takesBinary(ThreadId thread, long address) {
        CompletableFuture<Boolean> known = binary;
        if (known == null) {
            known = link.submit(Request.ok("ask for binary writes", "X%x,0:".formatted(address))
                            .on(thread.wire()))
                    .result()
                    .handle((ok, thrown) -> thrown == null);
            binary = known;
        }
        return known;
    }

    private CompletableFuture<Void> write(ThreadId thread, long address, byte[] data, boolean asBinary) {
        List<Chunk> chunks = MemoryAccess.split(address, data.length, chunkBytes);
        CompletableFuture<Void> result = new CompletableFuture<>();
        List<Request<Boolean>> requests = new ArrayList<>(chunks.size());
        int[] left = {chunks.size()};
        for (Chunk chunk : chunks) {
            Request<Boolean> request =
                    Request.ok("write memory", packet(chunk, data, asBinary)).on(thread.wire());
            request.unless(result::isDone).whenAnswered((ok, thrown) -> {
                if (thrown != null) {
                    result.completeExceptionally(MemoryAccess.fault(thrown, chunk.address()));
                } else if (--left[0] == 0) {
                    result.complete(null);
                }
            });
            requests.add(request);
        }
        if (chunks.isEmpty()) {
            result.complete(null);
        }
        link.submitAll(requests);
        return result;
    }

    private static String packet(Chunk chunk, byte[] data, boolean asBinary) {
        int end = chunk.offset() + chunk.length();
        String head = "%s%x,%x:".formatted(asBinary ? "X" : "M", chunk.address(), chunk.length());
        return asBinary
                ? head + new String(data, chunk.offset(), chunk.length(), StandardCharsets.ISO_8859_1)
                : head + Hex.text(data, chunk.offset(), end);
    }
}
