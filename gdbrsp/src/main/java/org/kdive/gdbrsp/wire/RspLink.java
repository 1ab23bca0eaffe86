package org.kdive.gdbrsp.wire;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.RspState;

/**
 * The door to the conversation with one stub. Everything happens on the transport's loop, in {@link Conversation};
 * {@link #submit}, {@link #interrupt} and the like hop onto it.
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

    private final RspTransport transport;
    private final Conversation talk;
    private final Incoming incoming;

    public RspLink(RspTransport transport, Listener listener, Duration requestDeadline, Duration interruptDeadline) {
        this.transport = transport;
        this.talk = new Conversation(transport, listener, requestDeadline, interruptDeadline);
        this.incoming = new Incoming(talk, listener);
    }

    /** From any thread; it may be stale by the time it is looked at. */
    public RspState state() {
        return talk.state();
    }

    /** The first failure; null while open. */
    public @Nullable RspFailure failure() {
        return talk.failure();
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
                        talk.accept(request);
                    }
                    talk.pump();
                },
                () -> requests.forEach(talk::failClosed));
    }

    /** Queues a resume: from here on the state is RUNNING, though it leaves only when all before it is answered. */
    public <T> Request<T> resume(Request<T> request) {
        onLoop(() -> talk.resume(request), () -> talk.failClosed(request));
        return request;
    }

    /** Sends 0x03 once in a running period; nothing when halted. */
    public void interrupt() {
        onLoop(talk::interrupt, () -> {});
    }

    /** The target is known to have stopped: whoever resumed gets the resume's {@link Request#otherwise}. */
    public void stoppedElsewhere() {
        onLoop(talk::stoppedElsewhere, () -> {});
    }

    /** The target is known to run, by nobody's resume here. What waits is refused. */
    public void resumedElsewhere() {
        onLoop(talk::resumedElsewhere, () -> {});
    }

    /** Ends it all with {@code why}, unless it has ended. */
    public void close(RspFailure why) {
        onLoop(() -> talk.fail(why), () -> {});
    }

    /** The stub is known to have this thread selected: it just reported that it stopped there. On the loop. */
    public void threadSelected(String thread) {
        assert transport.inLoop() : "link touched off its loop";
        talk.choice.known(thread);
    }

    // ---- what the handshake learns; on the loop ----

    /** The handshake is over. */
    public void established(int pipelineDepth, int packetLimitBytes, boolean isQemu) {
        assert transport.inLoop() : "link touched off its loop";
        talk.established(pipelineDepth, packetLimitBytes, isQemu);
    }

    /** After OK to QStartNoAckMode, which itself has been acknowledged. */
    public void stopAcknowledging() {
        assert transport.inLoop() : "link touched off its loop";
        talk.out.stopAcknowledging();
    }

    private void onLoop(Runnable task, Runnable ended) {
        if (transport.inLoop()) {
            task.run();
        } else if (!transport.execute(task)) {
            ended.run();
        }
    }

    @Override
    public void received(byte[] bytes) {
        incoming.received(bytes);
    }

    @Override
    public void disconnected(@Nullable Throwable cause) {
        talk.fail(new RspFailure.Disconnected(cause == null ? "" : String.valueOf(cause.getMessage())));
    }
}
