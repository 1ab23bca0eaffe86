package org.kdive.gdbrsp.wire;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.RspState;

/**
 * The conversation with one stub: the queue of requests, who is answered by what, acknowledgements, thread selection,
 * and the rule that a running target is sent nothing but the interrupt. Knows packets, not what they mean.
 *
 * <p>Everything happens on the transport's loop; {@link #submit}, {@link #interrupt} and the like hop onto it.
 *
 * <p>Acknowledging. Lock step (depth 1): each packet at once. Pipelined: only the last answer, when nothing more is to
 * be sent, because to QEMU (2.x to 11, gdb_read_byte) a {@code $} acknowledges too, but a {@code +} that comes when
 * none is owed and the guest runs halts the guest.
 */
public final class RspLink implements RspTransport.Receiver {
    /** Told on the loop of what answers no request. */
    public interface Listener {
        /** The target runs from now on. */
        void resumed();

        /** A stop reply that no resume was waiting for. */
        void unsolicited(RspPacket stop);

        void output(byte[] text);

        /** Once, with the first failure. */
        void closed(RspFailure first);
    }

    // Above the largest legal packet seen (QEMU 10.2 announces 0x20020), below what would hurt
    private static final int MOST_PACKET_BYTES = 1 << 20;
    private static final int MOST_ATTEMPTS = 3;
    private static final int MOST_DAMAGED_IN_A_ROW = 8;

    private final RspTransport transport;
    private final Listener listener;
    private final Duration requestDeadline;
    private final Duration interruptDeadline;
    private final RspFrameDecoder decoder = new RspFrameDecoder(MOST_PACKET_BYTES);

    private final Deque<Request<?>> waiting = new ArrayDeque<>();
    private final Deque<Request<?>> inFlight = new ArrayDeque<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final RunningPeriod run = new RunningPeriod();

    private volatile RspState state = RspState.CONNECTING;
    private volatile @Nullable RspFailure failure; // null while open
    private int depth = 1;
    private boolean acknowledging = true;
    private boolean owesAck;
    private boolean silent; // after a packet that must be the last
    private int packetLimit = Integer.MAX_VALUE;
    private int damagedInARow;
    private boolean pumping;
    private Request.@Nullable Selection selected; // null when the stub's current thread is not known
    private boolean fenceDue;
    private long headSince;
    private boolean timerArmed;

    public RspLink(RspTransport transport, Listener listener, Duration requestDeadline, Duration interruptDeadline) {
        this.transport = transport;
        this.listener = listener;
        this.requestDeadline = requestDeadline;
        this.interruptDeadline = interruptDeadline;
    }

    /** From any thread; it may be stale by the time it is looked at. */
    public RspState state() {
        return state;
    }

    /** The first failure; null while open. */
    public @Nullable RspFailure failure() {
        return failure;
    }

    // ---- what a client asks; each from any thread ----

    /** Queues one request. While the target runs it fails with Running and nothing is sent. */
    public <T> Request<T> submit(Request<T> request) {
        submitAll(List.of(request));
        return request;
    }

    /** Queues requests that nothing may come between. */
    public void submitAll(List<? extends Request<?>> requests) {
        onLoop(
                () -> {
                    for (Request<?> request : requests) {
                        accept(request);
                    }
                    pump();
                },
                () -> requests.forEach(this::failClosed));
    }

    /** Queues a resume: from here on the state is RUNNING, though it leaves only when all before it is answered. */
    public <T> Request<T> resume(Request<T> request) {
        onLoop(
                () -> {
                    if (refuses(request)) {
                        return;
                    }
                    if (fenceDue) {
                        // QEMU before 8.1 may have a stop reply of its own accord under way: it must not end this
                        // resume
                        accept(Request.text("wait for late stop replies", "qC").takingEmpty());
                    }
                    if (accept(request)) {
                        run.queued(request);
                        state = RspState.RUNNING;
                    }
                    pump();
                },
                () -> failClosed(request));
        return request;
    }

    /** Sends 0x03 once in a running period; nothing when halted. */
    public void interrupt() {
        onLoop(
                () -> {
                    if (state == RspState.RUNNING && run.wantInterrupt()) {
                        sendInterrupt();
                    }
                },
                () -> {});
    }

    /** The target is known to have stopped: whoever resumed gets the resume's {@link Request#otherwise}. */
    public void stoppedElsewhere() {
        onLoop(
                () -> {
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
                },
                () -> {});
    }

    /** The target is known to run, by nobody's resume here. What waits is refused. */
    public void resumedElsewhere() {
        onLoop(
                () -> {
                    if (state != RspState.HALTED) {
                        return;
                    }
                    List<Request<?>> refused = new ArrayList<>(waiting);
                    waiting.clear();
                    run.begunElsewhere();
                    listener.resumed();
                    selected = null;
                    state = RspState.RUNNING;
                    refused.forEach(request -> request.fail(new RspFailure.Running()));
                    pump();
                },
                () -> {});
    }

    /** Ends it all with {@code why}, unless it has ended. */
    public void close(RspFailure why) {
        onLoop(() -> fail(why), () -> {});
    }

    /** The stub is known to have this thread selected: it just reported that it stopped there. On the loop. */
    public void threadSelected(String thread) {
        assert transport.inLoop() : "link touched off its loop";
        selected = new Request.Selection(thread);
    }

    // ---- what the handshake learns; on the loop ----

    /** The handshake is over. */
    public void established(int pipelineDepth, int packetLimitBytes) {
        assert transport.inLoop() : "link touched off its loop";
        depth = pipelineDepth;
        packetLimit = packetLimitBytes;
        if (state == RspState.CONNECTING) {
            state = RspState.HALTED;
        }
    }

    /** After OK to QStartNoAckMode, which itself has been acknowledged. */
    public void stopAcknowledging() {
        assert transport.inLoop() : "link touched off its loop";
        acknowledging = false;
        owesAck = false;
    }

    // ---- queue ----

    private void onLoop(Runnable task, Runnable ended) {
        if (transport.inLoop()) {
            task.run();
        } else if (!transport.execute(task)) {
            ended.run();
        }
    }

    private void failClosed(Request<?> request) {
        RspFailure first = failure;
        request.fail(first == null ? new RspFailure.ClosedHere() : first);
    }

    private boolean refuses(Request<?> request) {
        if (state == RspState.CLOSED || silent) {
            failClosed(request);
            return true;
        }
        if (state == RspState.RUNNING) {
            request.fail(new RspFailure.Running());
            return true;
        }
        return false;
    }

    private boolean accept(Request<?> request) {
        if (refuses(request)) {
            return false;
        }
        if (request.payload().length > packetLimit) {
            request.fail(new RspFailure.TooLong(request.payload().length, packetLimit));
            return false;
        }
        waiting.add(request);
        return true;
    }

    private void pump() {
        if (pumping || state == RspState.CLOSED) {
            return; // the pump that is already under way takes what was just queued
        }
        pumping = true;
        try {
            sendWaiting();
            settleAck();
        } finally {
            pumping = false;
        }
        flush();
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && !silent) {
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
            if (thread != null && (selected == null || !selected.thread.equals(thread))) {
                send(selecting(thread));
                continue;
            }
            next.selection = thread == null ? null : selected;
            waiting.remove();
            if (run.isQueued(next)) {
                sendResume(next);
                return;
            }
            send(next);
        }
    }

    private Request<Boolean> selecting(String thread) {
        Request.Selection selection = new Request.Selection(thread);
        selected = selection;
        Request<Boolean> request = Request.ok("select thread " + thread, "Hg" + thread);
        request.whenAnswered((ok, thrown) -> {
            if (thrown != null) {
                RspException e = RspException.from(thrown);
                selection.failure = e.failure() instanceof RspFailure.StubError
                        ? new RspException("select a thread", new RspFailure.NoSuchThread(thread))
                        : e;
                if (selected == selection) {
                    selected = null;
                }
            }
        });
        return request;
    }

    private void send(Request<?> request) {
        if (request.isLast()) {
            settleAck();
            silent = true;
        }
        if (inFlight.isEmpty()) {
            headSince = transport.nanoTime();
        }
        inFlight.add(request);
        request.attempts++;
        request.afterFence = fenceDue;
        owesAck = false; // the $ says it
        out.writeBytes(RspFraming.frame(request.payload()));
        armTimer(request);
    }

    private void sendResume(Request<?> request) {
        settleAck();
        request.attempts++;
        selected = null;
        out.writeBytes(RspFraming.frame(request.payload()));
        int period = run.begun(acknowledging);
        listener.resumed();
        transport.schedule(
                () -> {
                    if (run.isUnheard(period)) {
                        fail(new RspFailure.TimedOut(request.doing(), requestDeadline));
                    }
                },
                requestDeadline);
        if (run.interruptIsDue()) {
            sendInterrupt();
        }
    }

    private void sendInterrupt() {
        int period = run.interrupted();
        if (owesAck) {
            writeAck(); // QEMU swallows 0x03 while an answer of its own is not acknowledged
        }
        out.write(RspFraming.INTERRUPT);
        flush();
        transport.schedule(
                () -> {
                    Request<?> resume = run.abandon(period);
                    if (resume != null) {
                        resume.fail(new RspFailure.TimedOut("the interrupt", interruptDeadline));
                    }
                },
                interruptDeadline);
    }

    /** Acknowledges the last answer when no packet is about to do it. */
    private void settleAck() {
        if (owesAck && inFlight.isEmpty()) {
            writeAck();
        }
    }

    private void writeAck() {
        owesAck = false;
        if (acknowledging && !silent) {
            out.write(RspFraming.ACK);
        }
    }

    private void flush() {
        if (out.size() > 0 && state != RspState.CLOSED) {
            byte[] bytes = out.toByteArray();
            out.reset();
            WireLog.sent(bytes);
            transport.write(bytes);
        }
    }

    // ---- deadlines ----

    private void armTimer(Request<?> request) {
        Duration allowed = request.deadline(requestDeadline);
        if (!timerArmed || allowed.compareTo(requestDeadline) < 0) {
            timerArmed = true;
            transport.schedule(this::checkHead, allowed);
        }
    }

    private void checkHead() {
        timerArmed = false;
        Request<?> head = inFlight.peek();
        if (head == null || state == RspState.CLOSED) {
            return;
        }
        Duration allowed = head.deadline(requestDeadline);
        Duration left = allowed.minusNanos(transport.nanoTime() - headSince);
        if (left.isNegative() || left.isZero()) {
            fail(new RspFailure.TimedOut(head.doing(), allowed));
        } else {
            timerArmed = true;
            transport.schedule(this::checkHead, left);
        }
    }

    // ---- what arrives ----

    @Override
    public void received(byte[] bytes) {
        if (state == RspState.CLOSED) {
            return;
        }
        WireLog.received(bytes);
        boolean outer = pumping;
        pumping = true; // what the answers bring about is sent together, once all of them are read
        try {
            decoder.decode(bytes, 0, bytes.length, this::take);
        } catch (RspException e) {
            fail(e.failure()); // a stop reply that answers no request and makes no sense
        } finally {
            pumping = outer;
        }
        pump();
    }

    private void take(RspFrame frame) {
        if (state == RspState.CLOSED) {
            return;
        }
        if (frame instanceof RspFrame.Packet it) {
            damagedInARow = 0;
            packet(it.packet());
        } else if (frame instanceof RspFrame.Ack) {
            run.heard();
        } else if (frame instanceof RspFrame.Nak) {
            refused();
        } else if (frame instanceof RspFrame.Damaged it) {
            damaged(it.why());
        } else {
            WireLog.odd("ignored " + frame);
        }
    }

    private void packet(RspPacket packet) {
        acknowledge();
        Request<?> head = inFlight.peek();
        if (packet.isOutput() && (head == null || !head.takesOutput())) {
            output(packet);
        } else if (head != null && (head.takesStop() || !packet.looksLikeStop())) {
            answer(head, packet);
        } else if (state == RspState.RUNNING && !run.isQueued()) {
            runEnded(packet);
        } else if (packet.looksLikeStop()) {
            selected = null;
            listener.unsolicited(packet);
        } else {
            WireLog.odd("answer to nothing: " + packet);
        }
    }

    private void acknowledge() {
        owesAck = true;
        if (depth == 1 || inFlight.isEmpty()) {
            writeAck();
        }
    }

    private void answer(Request<?> head, RspPacket packet) {
        headSince = transport.nanoTime();
        fenceDue = fenceDue && !head.afterFence;
        if (head.takesStop()) {
            selected = null;
        }
        if (head.answer(packet)) {
            inFlight.remove(head);
        }
    }

    private void runEnded(RspPacket packet) {
        boolean refused = packet.isEmpty() || packet.error().isPresent();
        if (!refused && !packet.looksLikeStop()) {
            WireLog.odd("not a stop reply: " + packet);
            return;
        }
        boolean interrupted = run.isInterrupted();
        Request<?> resume = run.end();
        if (resume != null && !interrupted && resume.goesOn(packet)) {
            run.queued(resume); // RUNNING all the while: nobody can put a request in between
            sendResume(resume);
            return;
        }
        halted();
        if (resume == null) {
            if (!refused) {
                listener.unsolicited(packet);
            }
        } else {
            resume.answer(packet);
        }
    }

    private void halted() {
        selected = null;
        state = RspState.HALTED;
    }

    private void output(RspPacket packet) {
        try {
            listener.output(Hex.bytes(packet.text().substring(1)));
        } catch (IllegalArgumentException e) {
            WireLog.odd("output that is not hexadecimal: " + packet);
        }
    }

    /** {@code -}: the stub did not get a packet whole. QEMU says it too when an earlier client left half a packet. */
    private void refused() {
        Request<?> unheard = run.unheard();
        if (unheard == null && inFlight.size() > 1) {
            fail(new RspFailure.Protocol("the stub asks for a packet again and does not say which"));
            return;
        }
        Request<?> again = unheard == null ? inFlight.peek() : unheard;
        if (again == null) {
            return;
        }
        if (again.attempts++ >= MOST_ATTEMPTS) {
            fail(new RspFailure.Protocol("the stub refused " + again.doing() + " " + MOST_ATTEMPTS + " times"));
            return;
        }
        out.writeBytes(RspFraming.frame(again.payload()));
    }

    private void damaged(String why) {
        if (!acknowledging || silent || inFlight.size() > 1 || ++damagedInARow > MOST_DAMAGED_IN_A_ROW) {
            fail(new RspFailure.Protocol("the stub sent a damaged packet: " + why));
            return;
        }
        WireLog.odd("asking again: " + why);
        out.write(RspFraming.NAK);
    }

    @Override
    public void disconnected(@Nullable Throwable cause) {
        fail(new RspFailure.Disconnected(cause == null ? "" : String.valueOf(cause.getMessage())));
    }

    private void fail(RspFailure why) {
        if (state == RspState.CLOSED) {
            return;
        }
        failure = why;
        state = RspState.CLOSED;
        WireLog.closed(why.says());
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
