package org.kdive.qmp.wire;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpValue;

/** The commands sent and not yet answered, oldest first. Owned by the event loop. */
final class InFlight {
    /** A command on its way. One whose deadline passed stays until its late answer, or the end, takes it away. */
    record Sent(String json, CompletableFuture<QmpValue> answer, Future<?> deadline) {
        void succeed(QmpValue value) {
            deadline.cancel(false);
            answer.complete(value);
        }

        void fail(QmpFailure failure) {
            deadline.cancel(false);
            answer.completeExceptionally(new QmpException(failure));
        }
    }

    // More than QEMU's own queue ever holds; a peer that never answers must not cost memory without bound.
    static final int MOST = 1024;

    private final Map<QmpValue, Sent> byId = new LinkedHashMap<>();

    boolean isFull() {
        return byId.size() >= MOST;
    }

    int size() {
        return byId.size();
    }

    void add(long id, Sent sent) {
        byId.put(QmpValue.of(id), sent);
    }

    /** The command this answer belongs to; empty for an answer nobody asked for. */
    Optional<Sent> take(QmpValue message) {
        Optional<QmpValue> id = message.find("id");
        if (id.isEmpty()) {
            return message.find("error").flatMap(error -> takeOldest());
        }
        return Optional.ofNullable(byId.remove(id.get()));
    }

    List<Sent> takeAll() {
        List<Sent> all = new ArrayList<>(byId.values());
        byId.clear();
        return all;
    }

    // An error without an id answers a line that QEMU could not parse, and QEMU answers in the order of asking.
    private Optional<Sent> takeOldest() {
        Iterator<Sent> oldest = byId.values().iterator();
        if (!oldest.hasNext()) {
            return Optional.empty();
        }
        Sent sent = oldest.next();
        oldest.remove();
        return Optional.of(sent);
    }
}
