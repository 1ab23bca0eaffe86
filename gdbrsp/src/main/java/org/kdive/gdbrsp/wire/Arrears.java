package org.kdive.gdbrsp.wire;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a stub owes that nobody waits for any more. QEMU answers all that it gets, in order and however late, except what
 * comes while the guest runs: so a mark is sent behind, and until that is answered nothing else is sent and whatever comes is
 * an old answer. No other request is answered as the mark is. On the loop.
 */
final class Arrears {
    private static final byte[] MARK = "qqemu.Supported".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final String MARK_ANSWER = "sstepbits;"; // gdbstub.c, since QEMU 2.x

    private final Deque<Request<?>> inFlight;
    private final Deque<Request<?>> waiting;
    private boolean possible; // by what the stub is
    private boolean any;

    Arrears(Deque<Request<?>> inFlight, Deque<Request<?>> waiting) {
        this.inFlight = inFlight;
        this.waiting = waiting;
    }

    /** The stub is QEMU's. */
    void allow() {
        possible = true;
    }

    boolean arePossible() {
        return possible;
    }

    boolean isAny() {
        return any;
    }

    /** Nobody waits for what was asked until now. A mark that is lost is replaced by the next; each is answered alike. */
    List<Request<?>> begin(Outbox out) {
        List<Request<?>> abandoned = new ArrayList<>(inFlight);
        abandoned.addAll(waiting);
        waiting.clear();
        any = true;
        out.request(MARK);
        out.flush();
        return abandoned;
    }

    /** True for an answer to a mark, wherever it comes: then all before it are settled or were never heard. */
    boolean isSettledBy(RspPacket packet) {
        if (!possible || !packet.text().startsWith(MARK_ANSWER)) {
            return false;
        }
        if (any) {
            any = false;
            inFlight.clear();
        }
        return true;
    }

    /** Who was told that something failed must be right: what the stub did all the same it undoes, before all else. */
    void undo(Request<?> late, RspPacket answer) {
        Request<?> undoing = late.undoing();
        if (any && undoing != null && answer.isOk()) {
            waiting.addFirst(undoing);
        }
    }
}
