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

    Patience(Machine machine) {
        this.machine = machine;
    }

    /** It has just been seen at work. */
    void begin(long instruction) {
        seen = instruction;
        since = System.nanoTime();
        spentBefore = spent();
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
        Duration wall = Duration.ofNanos(System.nanoTime() - since);
        if (wall.compareTo(LOOK) < 0) {
            return false;
        }
        Duration spent = spent().minus(spentBefore);
        return spent.compareTo(NOTHING) < 0 || spent.compareTo(LOOK) >= 0 || wall.compareTo(MOST) >= 0;
    }

    // the processor's time; zero where the host does not tell, or when it is gone
    private Duration spent() {
        return ProcessHandle.of(machine.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
