package org.kdive.session;

/** Who runs when the guest is resumed, and whether a step may fall into an interrupt. Kept from one target to the next. Session thread. */
public final class Scheduling {
    /** gdb's {@code scheduler-locking}: which CPUs are held while the current one runs. */
    public enum Locking {
        /** None, not even while one instruction is stepped. */
        OFF,
        /** All others, whatever the verb. */
        ON,
        /** All others while one instruction is stepped. */
        STEP,
        /** As {@link #ON} in a machine that replays a recording, else as {@link #OFF}. */
        REPLAY
    }

    private Locking locking = Locking.STEP;
    private boolean stepInterrupts;

    public Locking locking() {
        return locking;
    }

    public void locking(Locking value) {
        locking = value;
    }

    /** Whether interrupts are taken while one instruction is stepped. */
    public boolean stepInterrupts() {
        return stepInterrupts;
    }

    void stepInterrupts(boolean value) {
        stepInterrupts = value;
    }

    /** Whether the others are held while a thread runs. */
    boolean holdsOthers(boolean replaying) {
        return locking == Locking.ON || locking == Locking.REPLAY && replaying;
    }

    /** Whether the others are held while a thread is stepped. */
    boolean holdsOthersInStep(boolean replaying) {
        return locking == Locking.STEP || holdsOthers(replaying);
    }
}
