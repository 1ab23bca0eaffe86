package org.kdive.gdbrsp.wire;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspFailure;

/** How long a stub may take: for the oldest unanswered request, one timer for all; to hear a resume; to stop. On the loop. */
final class Deadlines {
    private final RspTransport transport;
    private final Duration usual;
    private final Duration interrupt;
    private final Supplier<@Nullable Request<?>> oldest;
    private final Consumer<RspFailure> missed;
    private final BiConsumer<Integer, RspFailure> unheard;
    private long since;
    private boolean armed;
    private @Nullable Request<?> lastResume; // null before the first
    private int lastPeriod;
    private long resumedAt;
    private boolean resumeArmed;

    /**
     * {@code oldest} is the oldest unanswered request, null when there is none or the connection is closed; {@code unheard} is
     * given the number of the running period that nobody acknowledged.
     */
    Deadlines(
            RspTransport transport,
            Duration usual,
            Duration interrupt,
            Supplier<@Nullable Request<?>> oldest,
            Consumer<RspFailure> missed,
            BiConsumer<Integer, RspFailure> unheard) {
        this.transport = transport;
        this.usual = usual;
        this.interrupt = interrupt;
        this.oldest = oldest;
        this.missed = missed;
        this.unheard = unheard;
    }

    /** The oldest request has become that only now, or was given a part of its answer. */
    void restart() {
        since = transport.nanoTime();
    }

    void arm(Request<?> request) {
        Duration allowed = request.deadline(usual);
        if (!armed || allowed.compareTo(usual) < 0) {
            armed = true;
            transport.schedule(this::check, allowed);
        }
    }

    /** A request that cannot be sent yet: {@code late} is called if nobody has completed it in time. */
    void limit(Request<?> request, Runnable late) {
        transport.schedule(
                () -> {
                    if (!request.result().isDone()) {
                        late.run();
                    }
                },
                request.deadline(usual));
    }

    RspFailure late(Request<?> request) {
        return new RspFailure.TimedOut(request.doing(), request.deadline(usual));
    }

    /** The target may run for ever, but the resume has to be acknowledged. One timer for any number of resumes. */
    void resumed(Request<?> request, RunningPeriod run, int period) {
        lastResume = request;
        lastPeriod = period;
        resumedAt = transport.nanoTime();
        if (!resumeArmed) {
            resumeArmed = true;
            transport.schedule(() -> checkResume(run), usual);
        }
    }

    private void checkResume(RunningPeriod run) {
        resumeArmed = false;
        Request<?> request = lastResume;
        if (request == null || !run.isUnheard(lastPeriod)) {
            return;
        }
        Duration left = usual.minusNanos(transport.nanoTime() - resumedAt);
        if (left.isNegative() || left.isZero()) {
            unheard.accept(lastPeriod, new RspFailure.TimedOut(request.doing(), usual));
        } else {
            resumeArmed = true;
            transport.schedule(() -> checkResume(run), left);
        }
    }

    /** Without a stop reply in time whoever resumed waits no longer; the target may still run. */
    void interrupted(RunningPeriod run, int period) {
        transport.schedule(
                () -> {
                    Request<?> resume = run.abandon(period);
                    if (resume != null) {
                        resume.fail(new RspFailure.TimedOut("the interrupt", interrupt));
                    }
                },
                interrupt);
    }

    private void check() {
        armed = false;
        Request<?> head = oldest.get();
        if (head == null) {
            return;
        }
        Duration allowed = head.deadline(usual);
        Duration left = allowed.minusNanos(transport.nanoTime() - since);
        if (left.isNegative() || left.isZero()) {
            missed.accept(new RspFailure.TimedOut(head.doing(), allowed));
        } else {
            armed = true;
            transport.schedule(this::check, left);
        }
    }
}
