package org.kdive.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Waits for what happens while the guest runs, and looks after a stub that owes the report of a stop. Session thread, but
 * for {@link #post}, {@link #expectReport} and {@link #takesLightly}.
 */
final class Attention {
    private final RunState state;
    private final Resumption resumption;
    private final Happenings happenings;
    private final Consumer<Happening> handler;
    private final Runnable silence;
    private final Overdue overdue;
    private boolean awaited; // somebody waits, who is told of a stop by the answer

    /** @param silence called when the stub has not reported a stop that it should have reported by now */
    Attention(
            SessionThread thread,
            RunState state,
            Resumption resumption,
            Happenings happenings,
            Consumer<Happening> handler,
            Runnable silence) {
        this.state = state;
        this.resumption = resumption;
        this.happenings = happenings;
        this.handler = handler;
        this.silence = silence;
        this.overdue = new Overdue(thread, this::lookForSilence);
    }

    boolean isAwaited() {
        return awaited;
    }

    void post(Happening happening) {
        happenings.post(happening);
    }

    /** All that has come so far; nobody else will see it. */
    List<Happening> rest() {
        return happenings.rest();
    }

    /** What happened next; when nothing did for long, Wake, and the stub has been looked after if it should have spoken. */
    Happening next() {
        return take(Overdue.SILENCE);
    }

    private Happening take(Duration atMost) {
        Optional<Happening> happening = happenings.take(atMost);
        if (happening.isEmpty()) {
            lookForSilence();
        }
        return happening.orElseGet(Happening.Wake::new);
    }

    /** Until the user should see a stop; false at the deadline, and then the guest runs on. */
    boolean awaitStop(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        awaited = true;
        try {
            while (state.isRunning()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                handler.accept(take(Duration.ofNanos(Math.min(left, Overdue.SILENCE.toNanos()))));
            }
            return true;
        } finally {
            awaited = false;
        }
    }

    /** Until the future is done, or until the guest stops where the user should see it. */
    void attendUntil(CompletableFuture<?> other) {
        var unused = other.whenComplete((value, why) -> happenings.wake());
        boolean wasRunning = state.isRunning();
        awaited = true;
        try {
            while (!other.isDone() && !(wasRunning && !state.isRunning())) {
                handler.accept(next());
            }
        } finally {
            awaited = false;
        }
    }

    /** The stub should report a stop of the present run, and soon. */
    void expectReport() {
        overdue.expect(resumption.number());
    }

    /** QMP's STOP, of which each stop brings one, is worth no turn of the session thread. True if it was one. */
    boolean takesLightly(String event) {
        if (event.equals("STOP")) {
            expectReport();
            return true;
        }
        return false;
    }

    private void lookForSilence() {
        if (!state.isRunning()) {
            return;
        }
        if (overdue.is(resumption.number())) {
            silence.run();
        } else if (overdue.isExpected(resumption.number()) && !awaited) {
            overdue.lookLater();
        }
    }
}
