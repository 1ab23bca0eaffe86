package org.kdive.gdbrsp.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;

/** One packet and what becomes of its answer. Built anywhere, then owned by the link's loop. */
public final class Request<T> {
    /** Reads one packet of an answer. Throws RspException or IllegalArgumentException: that fails this request only. */
    public interface Reply<T> {
        /** Null when more packets are to come. */
        @Nullable
        T read(RspPacket packet);
    }

    private final String doing;
    private byte[] payload; // changes once at most, on the loop
    private final Reply<T> reply;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private @Nullable String thread; // null: any thread will do
    private @Nullable Duration deadline; // null: the link's own
    private BooleanSupplier skip = () -> false;
    private @Nullable T otherwise; // null: there is no answer without a packet
    private Predicate<RspPacket> goesOn = packet -> false;
    private byte @Nullable [] nextPayload; // null unless a second packet follows the first's answer
    private @Nullable Supplier<Request<?>> undo; // null: nothing to undo
    private boolean emptyIsAnswer;
    private boolean stopIsAnswer;
    private boolean outputIsAnswer;
    private boolean last;

    @Nullable
    Selection selection; // the link's: the thread selection it was sent under, null for none

    int attempts; // the link's
    boolean afterFence; // the link's: its answer comes after any late stop reply

    private Request(String doing, byte[] payload, Reply<T> reply) {
        this.doing = doing;
        this.payload = payload;
        this.reply = reply;
    }

    /** {@code doing} is for messages: "insert software breakpoint at 0x10". */
    public static <T> Request<T> of(String doing, String packet, Reply<T> reply) {
        return new Request<>(doing, packet.getBytes(StandardCharsets.ISO_8859_1), reply);
    }

    /** A request whose only good answer is {@code OK}. */
    public static Request<Boolean> ok(String doing, String packet) {
        return of(doing, packet, answer -> {
            if (answer.isOk()) {
                return true;
            }
            throw new IllegalArgumentException("answered " + answer + " instead of OK");
        });
    }

    public static Request<String> text(String doing, String packet) {
        return of(doing, packet, RspPacket::text);
    }

    /** {@code thread} as {@code Hg} wants it. */
    public Request<T> on(String selected) {
        thread = selected;
        return this;
    }

    public Request<T> within(Duration ownDeadline) {
        deadline = ownDeadline;
        return this;
    }

    /** Not sent any more once this holds; its future is then never completed by the link. */
    public Request<T> unless(BooleanSupplier pointless) {
        skip = pointless;
        return this;
    }

    /** The empty packet is not "unsupported" but an answer. */
    public Request<T> takingEmpty() {
        emptyIsAnswer = true;
        return this;
    }

    /** A stop reply answers it: {@code ?} and what resumes. */
    public Request<T> takingStop() {
        stopIsAnswer = true;
        return this;
    }

    /** {@code O} packets are part of the answer, not the target's output. */
    public Request<T> takingOutput() {
        outputIsAnswer = true;
        return this;
    }

    /** Asked by the link when this was answered OK after it had failed for being late. */
    public Request<T> undoneBy(Supplier<Request<?>> opposite) {
        undo = opposite;
        return this;
    }

    @Nullable
    Request<?> undoing() {
        return undo == null ? null : undo.get();
    }

    /** After it nothing is sent at all, no acknowledgement either. */
    public Request<T> thenSilence() {
        last = true;
        return this;
    }

    /** The answer when the stub will never give one: the target stopped, and it was not reported. */
    public Request<T> otherwise(T value) {
        otherwise = value;
        return this;
    }

    /**
     * For a resume: when the stop it brings is such a one, and nobody has asked for an interrupt, the target is resumed
     * with this packet at once, and only the stop after that is the answer.
     */
    public Request<T> onwards(Predicate<RspPacket> suchAOne, String packet) {
        goesOn = suchAOne;
        nextPayload = packet.getBytes(StandardCharsets.ISO_8859_1);
        return this;
    }

    /** True once: this was the stop on the way, and the payload is the next packet now. */
    boolean goesOn(RspPacket stop) {
        byte[] next = nextPayload;
        if (next == null || !goesOn.test(stop)) {
            return false;
        }
        payload = next;
        nextPayload = null;
        return true;
    }

    /** Calls back on the loop with a value or what was thrown, one of them null. */
    @SuppressWarnings("FutureReturnValueIgnored") // callbacks here hand on what they are given and do not throw
    public void whenAnswered(BiConsumer<@Nullable T, @Nullable Throwable> callback) {
        result.whenComplete(callback);
    }

    public CompletableFuture<T> result() {
        return result;
    }

    String doing() {
        return doing;
    }

    byte[] payload() {
        return payload;
    }

    @Nullable
    String thread() {
        return thread;
    }

    Duration deadline(Duration otherwise) {
        return deadline == null ? otherwise : deadline;
    }

    boolean isPointless() {
        return skip.getAsBoolean();
    }

    boolean takesStop() {
        return stopIsAnswer;
    }

    boolean takesOutput() {
        return outputIsAnswer;
    }

    boolean isLast() {
        return last;
    }

    /** True when the answer is complete, well or badly. */
    boolean answer(RspPacket packet) {
        if (selection != null && selection.failure != null) {
            result.completeExceptionally(selection.failure);
            return true;
        }
        try {
            if (packet.isEmpty() && !emptyIsAnswer) {
                return fail(new RspFailure.Unsupported("packet " + name()));
            }
            if (packet.error().isPresent()) {
                return fail(packet.error().get());
            }
            T value = reply.read(packet);
            return value != null && finish(value);
        } catch (RspException e) {
            result.completeExceptionally(e);
            return true;
        } catch (IllegalArgumentException e) {
            result.completeExceptionally(new RspException(
                    doing, new RspFailure.Protocol(e.getMessage() == null ? "bad answer" : e.getMessage()), e));
            return true;
        }
    }

    void answerOtherwise() {
        if (otherwise == null) {
            fail(new RspFailure.Protocol("the answer never came"));
        } else {
            result.complete(otherwise);
        }
    }

    private boolean finish(T value) {
        result.complete(value);
        return true;
    }

    boolean fail(RspFailure failure) {
        result.completeExceptionally(new RspException(doing, failure));
        return true;
    }

    /** A result of which only success matters. */
    public static <T> CompletableFuture<Void> done(CompletableFuture<T> future) {
        return future.thenAccept(value -> {});
    }

    private String name() {
        int end = 0;
        while (end < payload.length && end < 24 && payload[end] != ',' && payload[end] != ':') {
            end++;
        }
        return WireLog.printable(payload, 0, end);
    }

    @Override
    public String toString() {
        return doing;
    }

    /** One {@code Hg} and what came of it. */
    static final class Selection {
        final String thread;

        @Nullable
        RspException failure; // null while it holds

        Selection(String thread) {
            this.thread = thread;
        }
    }
}
