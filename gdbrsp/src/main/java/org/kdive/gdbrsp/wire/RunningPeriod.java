package org.kdive.gdbrsp.wire;

import org.jspecify.annotations.Nullable;

/** From a resume to its stop: who waits for it, whether the stub heard it, whether the interrupt was sent. */
final class RunningPeriod {
    private @Nullable Request<?> queued; // null unless a resume waits for the answers before it
    private @Nullable Request<?> resume; // null when halted, or when somebody else resumed
    private int serial;
    private boolean heard = true;
    private boolean interruptDue;
    private boolean interruptSent;

    void queued(Request<?> request) {
        reset();
        queued = request;
    }

    boolean isQueued() {
        return queued != null;
    }

    boolean isQueued(Request<?> request) {
        return queued == request;
    }

    /** The queued resume leaves now. Returns the period's number. */
    int begun(boolean willBeAcknowledged) {
        resume = queued;
        queued = null;
        heard = !willBeAcknowledged;
        return serial;
    }

    void begunElsewhere() {
        reset();
    }

    /** The stub acknowledged the resume. */
    void heard() {
        heard = true;
    }

    boolean isUnheard(int period) {
        return period == serial && !heard;
    }

    /** The resume when the stub has not acknowledged it; null otherwise. */
    @Nullable
    Request<?> unheard() {
        return heard ? null : resume;
    }

    /** True when 0x03 is to be sent now: not yet sent, and not before the resume. */
    boolean wantInterrupt() {
        if (queued != null) {
            interruptDue = true;
            return false;
        }
        return !interruptSent;
    }

    boolean interruptIsDue() {
        return interruptDue && !interruptSent;
    }

    /** Whether an interrupt was asked for, sent or not. */
    boolean isInterrupted() {
        return interruptDue || interruptSent;
    }

    int interrupted() {
        interruptSent = true;
        return serial;
    }

    /** Who waits for the stop of that period, who from now on waits no more; null when there is nobody. */
    @Nullable
    Request<?> abandon(int period) {
        Request<?> waiting = period == serial ? resume : null;
        if (waiting != null) {
            resume = null;
        }
        return waiting;
    }

    /** The period is over; who waited for it, or null. */
    @Nullable
    Request<?> end() {
        Request<?> waiting = resume == null ? queued : resume;
        reset();
        return waiting;
    }

    private void reset() {
        serial++;
        queued = null;
        resume = null;
        heard = true;
        interruptDue = false;
        interruptSent = false;
    }
}
