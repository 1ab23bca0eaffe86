package org.kdive.session;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.kdive.gdbrsp.ThreadId;

/**
 * Stops at random moments, steps and breakpoints on a guest of two CPUs, each stop looked at in two ways that must agree: a main,
 * which prints what both processes hold. The first word says how many stops; 10 000 without.
 */
final class StopSoak {
    private static final String TICKS = "update_process_times"; // each CPU comes by at each tick
    private static final int WORDS = 64;
    private static final int DEEPEST = 100;

    private final Guest guest;
    private final SplittableRandom random = new SplittableRandom(7);
    private long frames;
    private int compared;

    private StopSoak(Guest guest) {
        this.guest = guest;
        guest.bootedTo("do_sys_openat2");
    }

    public static void main(String[] words) throws IOException {
        int stops = words.length > 0 ? Integer.parseInt(words[0]) : 10_000;
        try (Guest guest = Guest.boot(2)) {
            StopSoak soak = new StopSoak(guest);
            long begun = System.nanoTime();
            for (int stop = 1; stop <= stops; stop++) {
                soak.round();
                if (stop == 100 || stop % Math.max(1, stops / 10) == 0) {
                    Footprint.tell(guest, stop, (System.nanoTime() - begun) / 1e9);
                }
            }
            System.out.printf(
                    "all answers were right: %d stops, %d stacks compared, %d frames%n",
                    stops, soak.compared, soak.frames);
        }
    }

    private void round() {
        int kind = random.nextInt(10);
        if (kind < 2) {
            ticks();
        } else if (kind < 4) {
            guest.run(() -> guest.session.stepper().step());
        } else {
            pause();
        }
        guest.on(() -> {
            look(guest.session.requireStop());
            return true;
        });
    }

    private void ticks() {
        Breakpoint there = guest.breakAt(TICKS);
        Stop stop = guest.resume();
        if (!(stop.cause() instanceof Cause.BreakpointHit) || !guest.where(stop).equals(TICKS)) {
            throw new AssertionError("at %s: %s".formatted(guest.where(stop), stop.cause()));
        }
        guest.on(() -> {
            guest.session.breakpoints().delete(there.number());
            return true;
        });
    }

    private void pause() {
        guest.runFor(Duration.ofMillis(1 + random.nextInt(8)));
    }

    private void look(Stop stop) {
        for (ThreadId thread : stop.threads()) {
            RegisterFile registers = stop.registersOf(thread);
            long pc = Waits.on(guest.session.target().stub().readRegisters(thread), "registers")
                    .requireLong("rip");
            if (pc != registers.pc()) {
                throw new AssertionError("rip is 0x%x and 0x%x".formatted(registers.pc(), pc));
            }
            compare(thread, registers.sp());
            Calls calls = stop.callsOf(thread, DEEPEST);
            frames += calls.frames().size();
            if (calls.frames().get(0).pc() != pc) {
                throw new AssertionError("frame 0 is not where the CPU is");
            }
        }
    }

    // kernel stacks alone: what user space has may not be there at all
    private void compare(ThreadId thread, long sp) {
        if (sp >= 0) {
            return;
        }
        byte[] mapped = guest.session.target().memory(thread).readPrefix(sp, WORDS);
        byte[] told = Waits.on(guest.session.target().stub().readMemory(thread, sp, mapped.length), "memory");
        if (!Arrays.equals(mapped, told)) {
            throw new AssertionError(
                    "the stack at 0x%x reads %s and %s".formatted(sp, Arrays.toString(mapped), Arrays.toString(told)));
        }
        compared++;
    }
}
