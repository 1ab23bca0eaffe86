package org.kdive.gdbrsp.wire;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.RspState;

/**
 * What is asked and not yet answered, which thread the stub has selected, and the rule that a running target is sent
 * nothing but the interrupt. Knows packets, not what they mean. On the loop, but for {@link #state} and {@link #failure}.
 */
final class Conversation {
    private final RspTransport transport;
    private final RspLink.Listener listener;

    private final Deque<Request<?>> waiting = new ArrayDeque<>();
    private final Deque<Request<?>> inFlight = new ArrayDeque<>();
    final Outbox out;
    final RunningPeriod run = new RunningPeriod();
    final ThreadChoice choice = new ThreadChoice();
    private final Arrears arrears = new Arrears(inFlight, waiting);
    private final Deadlines deadlines;

    private volatile RspState state = RspState.CONNECTING;
    private volatile @Nullable RspFailure failure; // null while open
    private int depth = 1;
    private int packetLimit = Integer.MAX_VALUE;
    private boolean pumping;
    private boolean fenceDue;

    Conversation(
            RspTransport transport, RspLink.Listener listener, Duration requestDeadline, Duration interruptDeadline) {
        this.transport = transport;
        this.listener = listener;
        this.out = new Outbox(transport);
        this.deadlines = new Deadlines(
                transport,
                requestDeadline,
                interruptDeadline,
                () -> state == RspState.CLOSED || arrears.isAny() ? null : inFlight.peek(),
                this::missed,
                this::unheard);
    }

    RspState state() {
        return state;
    }

    @Nullable
    RspFailure failure() {
        return failure;
    }

    /** The oldest request that waits for its answer; null for none. */
    @Nullable
    Request<?> head() {
        return inFlight.peek();
    }

    int unanswered() {
        return inFlight.size();
    }

    /** One packet at a time, each acknowledged before the next. */
    boolean isLockStep() {
        return depth == 1;
    }

    void established(int pipelineDepth, int packetLimitBytes, boolean isQemu) {
        if (isQemu) {
            arrears.allow();
        }
        depth = pipelineDepth;
        packetLimit = packetLimitBytes;
        if (state == RspState.CONNECTING) {
            state = RspState.HALTED;
        }
    }

    // ---- running and stopping ----

    void resume(Request<?> request) {
        if (refuses(request)) {
            return;
        }
        if (fenceDue) {
            // QEMU before 8.1 may have a stop reply of its own accord under way: it must not end this resume
            accept(Request.text("wait for late stop replies", "qC").takingEmpty());
        }
        if (accept(request)) {
            run.queued(request);
            state = RspState.RUNNING;
        }
        pump();
    }

    void interrupt() {
        if (state == RspState.RUNNING && run.wantInterrupt()) {
            sendInterrupt();
        }
    }

    void stoppedElsewhere() {
        if (state != RspState.RUNNING || run.isQueued()) {
            return; // a stop from before the resume that is still to be sent
        }
        fenceDue = true;
        Request<?> resume = run.end();
        halted();
        if (resume != null) {
            resume.answerOtherwise();
        }
        pump();
    }

    void resumedElsewhere() {
        if (state != RspState.HALTED) {
            return;
        }
        List<Request<?>> refused = new ArrayList<>(waiting);
        waiting.clear();
        run.begunElsewhere();
        listener.resumed();
        choice.forget();
        state = RspState.RUNNING;
        refused.forEach(request -> request.fail(new RspFailure.Running()));
        pump();
    }

    void halted() {
        choice.forget();
        state = RspState.HALTED;
    }

    /** The stop was one on the way: the resume's next packet leaves. RUNNING all the while, so nothing gets in between. */
    void goOn(Request<?> resume) {
        run.queued(resume);
        sendResume(resume);
    }

    // ---- queue ----

    void failClosed(Request<?> request) {
        request.fail(Objects.requireNonNullElseGet(failure, RspFailure.ClosedHere::new));
    }

    private boolean refuses(Request<?> request) {
        if (state == RspState.CLOSED || out.isSilent()) {
            failClosed(request);
            return true;
        }
        if (state == RspState.RUNNING) {
            request.fail(new RspFailure.Running());
            return true;
        }
        return false;
    }

    boolean accept(Request<?> request) {
        if (refuses(request)) {
            return false;
        }
        if (request.payload().length > packetLimit) {
            request.fail(new RspFailure.TooLong(request.payload().length, packetLimit));
            return false;
        }
        waiting.add(request);
        if (arrears.isAny()) {
            deadlines.limit(request, () -> {
                if (arrears.isAny()) {
                    missed(deadlines.late(request));
                }
            });
        }
        return true;
    }

    void pump() {
        if (pumping || state == RspState.CLOSED) {
            return; // the pump that is already under way takes what was just queued
        }
        pumping = true;
        try {
            sendWaiting();
            if (inFlight.isEmpty()) {
                out.settle(); // no packet is about to do it
            }
        } finally {
            pumping = false;
        }
        out.flush();
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && !out.isSilent() && !arrears.isAny()) {
            Request<?> next = waiting.peek();
            if (next.isPointless()) {
                waiting.remove();
                continue;
            }
            boolean alone = run.isQueued(next) || next.isLast();
            if (inFlight.size() >= (alone ? 1 : depth)) {
                return;
            }
            String thread = next.thread();
            if (thread != null && !choice.is(thread)) {
                send(choice.choose(thread));
                continue;
            }
            next.selection = thread == null ? null : choice.current();
            waiting.remove();
            if (run.isQueued(next)) {
                sendResume(next);
                return;
            }
            send(next);
        }
    }

    private void send(Request<?> request) {
        if (request.isLast()) {
            out.fallSilent();
        }
        if (inFlight.isEmpty()) {
            deadlines.restart();
        }
        inFlight.add(request);
        request.attempts++;
        request.afterFence = fenceDue;
        out.request(request.payload());
        deadlines.arm(request);
    }

    private void sendResume(Request<?> request) {
        request.attempts++;
        choice.forget();
        out.resume(request.payload());
        int period = run.begun(out.isAcknowledging());
        listener.resumed();
        deadlines.resumed(request, run, period);
        if (run.interruptIsDue()) {
            sendInterrupt();
        }
    }

    private void sendInterrupt() {
        int period = run.interrupted();
        out.interrupt();
        deadlines.interrupted(run, period);
    }

    // ---- late ----

    /** The oldest request had no answer in time. Where that may still come those who wait are told, and the connection goes on. */
    private void missed(RspFailure why) {
        if (!arrears.arePossible() || out.isSilent()) {
            fail(why);
            return;
        }
        WireLog.odd("late: " + why.says());
        if (run.isQueued()) {
            run.end();
            halted();
        }
        choice.forget();
        arrears.begin(out).forEach(request -> request.fail(why));
    }

    /** A resume that was not acknowledged in time: the target may run when the stub comes to it. */
    private void unheard(int period, RspFailure why) {
        if (!arrears.arePossible()) {
            fail(why);
            return;
        }
        Request<?> resume = run.abandon(period);
        if (resume != null) {
            resume.fail(why);
        }
    }

    // ---- answers ----

    /** What the runnable brings about is sent together, once it is through. */
    void together(Runnable hearing) {
        boolean outer = pumping;
        pumping = true;
        try {
            hearing.run();
        } finally {
            pumping = outer;
        }
        pump();
    }

    /** Whether this is the end of what came late, and nobody's answer. */
    boolean isMark(RspPacket packet) {
        return arrears.isSettledBy(packet);
    }

    /** Gives a packet to the oldest request. */
    void answer(Request<?> head, RspPacket packet) {
        deadlines.restart();
        fenceDue = fenceDue && !head.afterFence;
        if (head.takesStop()) {
            choice.forget();
        }
        if (head.answer(packet)) {
            arrears.undo(head, packet);
            inFlight.remove(head);
        }
    }

    /** The end, for all who wait; the first failure counts. */
    void fail(RspFailure why) {
        if (state == RspState.CLOSED) {
            return;
        }
        failure = why;
        state = RspState.CLOSED;
        WireLog.closed(why.says());
        out.close();
        transport.close();
        List<Request<?>> orphans = new ArrayList<>(inFlight);
        Request<?> resume = run.end();
        if (resume != null && !waiting.contains(resume)) {
            orphans.add(resume);
        }
        orphans.addAll(waiting);
        inFlight.clear();
        waiting.clear();
        orphans.forEach(request -> request.fail(why));
        listener.closed(why);
    }
}
