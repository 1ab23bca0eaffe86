package org.kdive.session;

import java.time.Duration;
import org.kdive.machine.Machine;

/**
 * How long a QEMU that replays may stay at one instruction. Where a host has too much to do a stride of a second takes half a
 * minute, so that it is not the clock alone that tells: one that hangs has spent nothing in that time, or has spent it all. Session
 * thread.
 */
final class Patience {
    static final Duration LOOK = Duration.ofSeconds(8);

    private static final Duration NOTHING = Duration.ofMillis(100);
    private static final Duration OLD = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofMinutes(2);

    private final Machine machine;
    private long seen = -1;
    private long since; // as System.nanoTime
    private Duration spentBefore = Duration.ZERO;
    private long lookedAt; // the same, and what had been spent then: what was spent before it stood counts for nothing
    private Duration spentThen = Duration.ZERO;

    Patience(Machine machine) {
        this.machine = machine;
    }

    /** It has just been seen at work. */
    void begin(long instruction) {
        seen = instruction;
        since = System.nanoTime();
        spentBefore = spent();
        lookedAt = since;
        spentThen = spentBefore;
    }

    /** Whether it was last seen at work some time ago. */
    boolean isOld() {
        return seen < 0 || System.nanoTime() - since > OLD.toNanos();
    }

    /** Whether it hangs, now that it stands at this instruction. */
    boolean isOver(long instruction) {
        if (instruction != seen) {
            begin(instruction);
            return false;
        }
        return isOver();
    }

    /** Whether it hangs, if it has not been at work since the last time. */
    boolean isOver() {
        long now = System.nanoTime();
        if (now - lookedAt < LOOK.toNanos()) {
            return false;
        }
        Duration spent = spent();
        boolean idle = spent.minus(spentThen).compareTo(NOTHING) < 0;
        boolean busy = spent.minus(spentBefore).compareTo(LOOK) >= 0;
        lookedAt = now;
        spentThen = spent;
        return idle || busy || now - since >= MOST.toNanos();
    }

    // the processor's time; zero where the host does not tell, or when it is gone
    private Duration spent() {
        return ProcessHandle.of(machine.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
