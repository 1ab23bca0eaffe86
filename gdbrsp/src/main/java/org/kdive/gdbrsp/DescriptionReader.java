package org.kdive.gdbrsp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;
import org.kdive.gdbrsp.wire.RspPacket;

/** Fetches target.xml and what it includes, in document order, and makes a description of it. Bounded in all ways. */
final class DescriptionReader {
    private static final int MOST_DOCUMENTS = 64;
    private static final int MOST_DEPTH = 8;
    private static final int MOST_BYTES = 4 << 20;
    private static final Pattern ANNEX = Pattern.compile("[A-Za-z0-9_.+/-]{1,128}");

    private record Pending(TargetXml.Item item, int depth) {}

    private final RspLink link;
    private final int chunkBytes;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final List<Register> registers = new ArrayList<>();
    private final CompletableFuture<TargetDescription> result = new CompletableFuture<>();
    private String architecture = "";
    private int documents;
    private int totalBytes;
    private int nextNumber;

    private DescriptionReader(RspLink link, int chunkBytes) {
        this.link = link;
        this.chunkBytes = chunkBytes;
    }

    static CompletableFuture<TargetDescription> read(RspLink link, StubFeatures features) {
        // QEMU answers at most (PacketSize - 5) / 2 a time, whatever is asked
        DescriptionReader reader = new DescriptionReader(link, features.packetSizeBytes() - 8);
        reader.pending.push(new Pending(new TargetXml.Include("target.xml"), 0));
        reader.next();
        return reader.result;
    }

    private void next() {
        try {
            while (!pending.isEmpty()) {
                Pending top = pending.pop();
                if (top.item() instanceof TargetXml.Include include) {
                    fetch(include.annex(), top.depth());
                    return;
                }
                take(top.item());
            }
            result.complete(
                    new TargetDescription(architecture, TargetDescription.byteOrderOf(architecture), registers));
        } catch (RspException e) {
            result.completeExceptionally(e);
        }
    }

    private void take(TargetXml.Item item) {
        if (item instanceof TargetXml.Architecture it) {
            architecture = it.name();
        } else if (item instanceof TargetXml.RegisterItem it) {
            int number = it.number() < 0 ? nextNumber : it.number();
            nextNumber = number + 1;
            registers.add(new Register(it.name(), number, it.bits(), it.type(), it.group(), it.feature()));
        }
    }

    private void fetch(String annex, int depth) {
        if (!ANNEX.matcher(annex).matches()) {
            throw malformed(annex, "not a name of a document");
        }
        if (depth > MOST_DEPTH || ++documents > MOST_DOCUMENTS) {
            throw malformed(annex, "includes too deep or too many");
        }
        fetchFrom(annex, depth, new StringBuilder());
    }

    private void fetchFrom(String annex, int depth, StringBuilder soFar) {
        String packet = "qXfer:features:read:%s:%x,%x".formatted(annex, soFar.length(), chunkBytes);
        link.submit(Request.of("read target description " + annex, packet, answer -> answer))
                .whenAnswered((answer, thrown) -> {
                    if (thrown != null) {
                        result.completeExceptionally(thrown);
                        return;
                    }
                    try {
                        took(annex, depth, soFar, answer);
                    } catch (RspException e) {
                        result.completeExceptionally(e);
                    }
                });
    }

    private void took(String annex, int depth, StringBuilder soFar, RspPacket answer) {
        // m data: there is more      l data: this is the last
        String text = answer.text();
        boolean more = answer.startsWith('m');
        if (more ? text.length() == 1 : !answer.startsWith('l')) {
            throw malformed(annex, "the stub answered " + answer);
        }
        totalBytes += text.length();
        if (totalBytes > MOST_BYTES) {
            throw malformed(annex, "more than " + MOST_BYTES + " bytes");
        }
        soFar.append(text, 1, text.length());
        if (more) {
            fetchFrom(annex, depth, soFar);
            return;
        }
        List<TargetXml.Item> items = TargetXml.parse(annex, soFar.toString());
        for (int i = items.size() - 1; i >= 0; i--) {
            pending.push(new Pending(items.get(i), depth + 1));
        }
        next();
    }

    private static RspException malformed(String annex, String what) {
        return new RspException("read target description " + annex, new RspFailure.Protocol(what));
    }
}
