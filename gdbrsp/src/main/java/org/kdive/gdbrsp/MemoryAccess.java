package org.kdive.gdbrsp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.Hex;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** Memory of any length in packets that the stub takes, each within one page. */
final class MemoryAccess {
    // The smallest page there is: QEMU refuses a read whole when one byte of it is not mapped
    static final int PAGE = 4096;

    private final RspLink link;
    private final StubFeatures features;
    private final int readBytes;

    MemoryAccess(RspLink link, StubFeatures features) {
        this.link = link;
        this.features = features;
        int size = features.packetSizeBytes();
        // KGDB writes past its buffer when asked for more than fits, the frame included
        readBytes = Math.min(PAGE, features.isQemu() ? size / 2 : (size - 4) / 2);
    }

    record Chunk(long address, int offset, int length) {}

    static List<Chunk> split(long address, int length, int most) {
        List<Chunk> chunks = new ArrayList<>(length / most + 2);
        int offset = 0;
        while (offset < length) {
            long at = address + offset;
            int toBorder = PAGE - (int) (at & (PAGE - 1));
            int take = Math.min(Math.min(most, toBorder), length - offset);
            chunks.add(new Chunk(at, offset, take));
            offset += take;
        }
        return chunks;
    }

    static void check(long address, int length) {
        if (length < 0 || (length > 0 && Long.compareUnsigned(address + (length - 1), address) < 0)) {
            throw new IllegalArgumentException("%d bytes at 0x%x".formatted(length, address));
        }
    }

    CompletableFuture<byte[]> read(ThreadId thread, long address, int length) {
        check(address, length);
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        link.submitAll(readRequests(thread.wire(), address, length, result));
        return result;
    }

    CompletableFuture<byte[]> readPhysical(long address, int length) {
        check(address, length);
        if (!features.physicalMemory()) {
            return CompletableFuture.failedFuture(
                    new RspException("read physical memory", new RspFailure.Unsupported("qqemu.PhyMemMode")));
        }
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Request<Boolean> on = Request.ok("address physically", "Qqemu.PhyMemMode:1");
        on.whenAnswered((ok, thrown) -> failIf(thrown, result));
        List<Request<?>> burst = new ArrayList<>();
        burst.add(on);
        burst.addAll(readRequests(null, address, length, result));
        // Always sent, with nothing in between: no other read may see the mode
        Request<Boolean> off = Request.ok("address virtually", "Qqemu.PhyMemMode:0");
        burst.add(off);
        link.submitAll(burst);
        return off.result().thenCombine(result, (ok, bytes) -> bytes);
    }

    private static void failIf(@Nullable Throwable thrown, CompletableFuture<?> result) {
        if (thrown != null) {
            result.completeExceptionally(thrown);
        }
    }

    /** {@code thread} null: whichever is selected. Once {@code result} is complete, cancelled too, the rest is not sent. */
    private List<Request<Integer>> readRequests(
            @Nullable String thread, long address, int length, CompletableFuture<byte[]> result) {
        byte[] into = new byte[length];
        List<Chunk> chunks = split(address, length, readBytes);
        List<Request<Integer>> requests = new ArrayList<>(chunks.size());
        int[] left = {chunks.size()};
        for (Chunk chunk : chunks) {
            Request<Integer> request = readRequest(thread, chunk, into);
            request.unless(result::isDone).whenAnswered((got, thrown) -> {
                if (thrown != null) {
                    result.completeExceptionally(fault(thrown, chunk.address()));
                } else if (got < chunk.length()) {
                    result.completeExceptionally(fault("read memory", chunk.address() + got));
                } else if (--left[0] == 0) {
                    result.complete(into);
                }
            });
            requests.add(request);
        }
        if (chunks.isEmpty()) {
            result.complete(into);
        }
        return requests;
    }

    private static Request<Integer> readRequest(@Nullable String thread, Chunk chunk, byte[] into) {
        String packet = "m%x,%x".formatted(chunk.address(), chunk.length());
        Request<Integer> request = Request.of("read memory", packet, answer -> {
            if (answer.payload().length > 2 * chunk.length()) {
                throw new IllegalArgumentException("more bytes than were asked for");
            }
            return Hex.decode(answer.payload(), into, chunk.offset());
        });
        return thread == null ? request : request.on(thread);
    }

    CompletableFuture<List<MemoryPiece>> readPieces(ThreadId thread, long address, int length) {
        check(address, length);
        byte[] into = new byte[length];
        List<Chunk> chunks = split(address, length, readBytes);
        CompletableFuture<List<MemoryPiece>> result = new CompletableFuture<>();
        int[] got = new int[chunks.size()];
        int[] left = {chunks.size()};
        List<Request<Integer>> requests = new ArrayList<>(chunks.size());
        for (int i = 0; i < chunks.size(); i++) {
            int index = i;
            Request<Integer> request = readRequest(thread.wire(), chunks.get(i), into);
            request.unless(result::isDone).whenAnswered(pieceTaken(result, got, index, left, () -> {
                result.complete(join(chunks, got, into));
            }));
            requests.add(request);
        }
        if (chunks.isEmpty()) {
            result.complete(List.of());
        }
        link.submitAll(requests);
        return result;
    }

    private static BiConsumer<Integer, Throwable> pieceTaken(
            CompletableFuture<?> result, int[] got, int index, int[] left, Runnable complete) {
        return (bytes, thrown) -> {
            if (thrown != null && !(RspException.from(thrown).failure() instanceof RspFailure.StubError)) {
                result.completeExceptionally(thrown);
                return;
            }
            got[index] = thrown == null ? bytes : 0;
            if (--left[0] == 0) {
                complete.run();
            }
        };
    }

    private static List<MemoryPiece> join(List<Chunk> chunks, int[] got, byte[] bytes) {
        List<MemoryPiece> pieces = new ArrayList<>();
        int i = 0;
        while (i < got.length) {
            int first = i;
            while (i < got.length && got[i] == chunks.get(i).length()) {
                i++;
            }
            int end =
                    i == first ? chunks.get(first).offset() : chunks.get(i - 1).offset() + got[i - 1];
            if (i < got.length) {
                end += got[i]; // a part, or nothing, of the one that ends the run
                i++;
            }
            int from = chunks.get(first).offset();
            if (end > from) {
                pieces.add(new MemoryPiece(chunks.get(first).address(), Arrays.copyOfRange(bytes, from, end)));
            }
        }
        return List.copyOf(pieces);
    }

    static RspException fault(Throwable thrown, long address) {
        RspException e = RspException.from(thrown);
        return e.failure() instanceof RspFailure.StubError ? fault("access memory", address) : e;
    }

    private static RspException fault(String doing, long address) {
        return new RspException(doing, new RspFailure.MemoryFault(address));
    }
}
