package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;

/** Two CPUs that count in a loop each, so that it shows which of them runs. */
@Timeout(120)
final class SchedulingIT {
    /** The loop, and what it needs. */
    enum Processor {
        X86_64(
                "debian",
                "start_secondary",
                "48ffc0ebfb",
                3,
                "rax",
                "$rip",
                "$eflags = 2",
                "$eflags = 0x202",
                "e80100000090" + "48ffc875fbc3"),
        ARM64(
                "debian/arm64",
                "secondary_start_kernel",
                "00040091ffffff17",
                4,
                "x0",
                "$pc",
                "$cpsr = 0x3c5",
                "$cpsr = 0x345",
                "020000941f2003d5" + "000400d1e0ffffb5c0035fd6");

        private final String kernel;
        private final String begin; // where a CPU that is not the first is let go
        private final String count; // add one to the counter; jump back to it
        private final int jumpOffset;
        private final String counter;
        private final String pc;
        private final String maskInterrupts;
        private final String letInterruptsIn;
        /** A call, a no-operation, and what is called: it counts down to 0 and returns. */
        private final String call;

        Processor(
                String kernel,
                String begin,
                String count,
                int jumpOffset,
                String counter,
                String pc,
                String maskInterrupts,
                String letInterruptsIn,
                String call) {
            this.kernel = kernel;
            this.begin = begin;
            this.count = count;
            this.jumpOffset = jumpOffset;
            this.counter = counter;
            this.pc = pc;
            this.maskInterrupts = maskInterrupts;
            this.letInterruptsIn = letInterruptsIn;
            this.call = call;
        }

        byte[] call() {
            return HexFormat.of().parseHex(call);
        }

        String counter() {
            return "$" + counter;
        }

        String pc() {
            return pc;
        }

        long jump(long loop) {
            return loop + jumpOffset;
        }
    }

    private Processor processor = Processor.X86_64;

    @ParameterizedTest
    @EnumSource
    void theOthersAreHeldAsTheUserWantsIt(Processor which) {
        processor = which;
        try (Guest guest = Guest.boot(BootRequest.of(which.kernel).withCpus(2))) {
            guest.bootedTo(which.begin);
            List<ThreadId> cpus = guest.on(() -> guest.session.requireStop().threads());
            ThreadId one = cpus.get(0);
            ThreadId two = cpus.get(1);
            long loop = countOnBoth(guest, cpus);

            guest.on(() -> guest.session.select(one));
            assertThat(guest.on(() -> guest.session.scheduling().locking())).isEqualTo(Scheduling.Locking.STEP);
            assertThat(stepsMove(guest, two, 20)).isFalse();

            lock(guest, Scheduling.Locking.ON);
            assertThat(runMoves(guest, one, two)).isFalse();
            guest.on(() -> guest.session.select(two));
            assertThat(runMoves(guest, two, one)).isFalse();

            lock(guest, Scheduling.Locking.OFF);
            assertThat(runMoves(guest, null, one)).isTrue();
            guest.on(() -> guest.session.select(one));
            assertThat(stepsMove(guest, two, 500)).isTrue();

            lock(guest, Scheduling.Locking.REPLAY); // no recording is replayed here
            assertThat(runMoves(guest, null, two)).isTrue();

            aStepIsOneWhileAnotherPassesABreakpoint(guest, one, loop);
            new ForeignHits(guest, which, loop).areNoHindrance(one);
            aBreakpointIsHitByWhoRunsAlone(guest, two, loop);
            interruptsWaitForTheStepUnlessTheyAreLetIn(guest, one, loop);
        }
    }

    private long countOnBoth(Guest guest, List<ThreadId> cpus) {
        long loop = guest.evaluate("$pc");
        guest.on(() -> {
            guest.session.requireStop().write(loop, HexFormat.of().parseHex(processor.count));
            for (ThreadId cpu : cpus) {
                guest.session.select(cpu);
                guest.evaluateHere(processor.pc + " = " + loop);
                guest.evaluateHere(processor.maskInterrupts); // no interrupts
            }
            return true;
        });
        return loop;
    }

    private String counter() {
        return "$" + processor.counter;
    }

    private void lock(Guest guest, Scheduling.Locking how) {
        guest.on(() -> {
            guest.session.scheduling().locking(how);
            return true;
        });
    }

    private long counted(Guest guest, ThreadId cpu) {
        return guest.on(() -> guest.session.requireStop().registersOf(cpu).require(processor.counter));
    }

    /** Whether a CPU counted on while another was stepped, so many times at most. */
    private boolean stepsMove(Guest guest, ThreadId other, int most) {
        long before = counted(guest, other);
        ThreadId stepping = guest.on(() -> guest.session.requireStop().thread());
        for (int i = 0; i < most && counted(guest, other) == before; i++) {
            long pc = guest.evaluate("$pc");
            Stop stop = guest.run(() -> guest.session.stepper().step());
            assertThat(stop.thread()).isEqualTo(stepping);
            assertThat(guest.evaluate("$pc")).isNotEqualTo(pc);
        }
        return counted(guest, other) != before;
    }

    /** Whether a CPU counted on while the guest ran for a moment; of the one that runs alone it is known that it stopped. */
    private boolean runMoves(Guest guest, @Nullable ThreadId alone, ThreadId other) {
        long before = counted(guest, other);
        long mine = alone == null ? 0 : counted(guest, alone);
        Running running = guest.on(guest.session::resume);
        assertThat(guest.on(() -> running.await(Duration.ofMillis(100)))).isEmpty();
        running.interrupt();
        Stop stop = guest.on(() -> running.await(Guest.PATIENCE)).orElseThrow();
        assertThat(stop.cause()).isEqualTo(new Cause.Interrupted());
        if (alone != null) {
            assertThat(stop.thread()).isEqualTo(alone);
            assertThat(counted(guest, alone)).isGreaterThan(mine);
        }
        return counted(guest, other) != before;
    }

    private void aStepIsOneWhileAnotherPassesABreakpoint(Guest guest, ThreadId one, long loop) {
        lock(guest, Scheduling.Locking.OFF);
        guest.breakAt("*" + (loop + processor.jumpOffset), counter() + " == 0");
        guest.on(() -> guest.session.select(one));
        for (int i = 0; i < 50; i++) {
            long count = guest.evaluate(counter());
            boolean atJump = guest.evaluate("$pc") != loop;
            Stop stop = guest.run(() -> guest.session.stepper().step());
            assertThat(stop.thread()).isEqualTo(one);
            assertThat(stop.cause()).isEqualTo(new Cause.Arrived("stepi"));
            assertThat(guest.evaluate("$pc")).isEqualTo(atJump ? loop : loop + processor.jumpOffset);
            assertThat(guest.evaluate(counter())).isEqualTo(atJump ? count : count + 1);
        }
        guest.on(() -> {
            guest.session.breakpoints().deleteAll();
            return true;
        });
    }

    private void aBreakpointIsHitByWhoRunsAlone(Guest guest, ThreadId two, long loop) {
        lock(guest, Scheduling.Locking.ON);
        guest.on(() -> {
            guest.session.select(two);
            Breakpoint set = guest.session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "*" + loop));
            guest.session.breakpoints().ignore(set.number(), 30);
            return true;
        });
        Stop stop = guest.resume();
        assertThat(stop.cause()).isInstanceOf(Cause.BreakpointHit.class);
        assertThat(stop.thread()).isEqualTo(two);
        guest.on(() -> {
            guest.session.breakpoints().deleteAll();
            return true;
        });
    }

    private void interruptsWaitForTheStepUnlessTheyAreLetIn(Guest guest, ThreadId one, long loop) {
        guest.on(() -> guest.session.select(one));
        assertThat(runMoves(guest, one, one)).isTrue(); // by now a timer has something to say
        guest.evaluate(processor.letInterruptsIn);
        BooleanSupplier inTheLoop =
                () -> Long.compareUnsigned(guest.evaluate("$pc") - loop, processor.count.length() / 2) < 0;
        for (int i = 0; i < 50; i++) {
            guest.run(() -> guest.session.stepper().step());
            assertThat(inTheLoop.getAsBoolean()).isTrue();
        }
        letIn(guest, true);
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            guest.run(() -> guest.session.stepper().step());
            return !inTheLoop.getAsBoolean();
        });
        letIn(guest, false);
        guest.evaluate(processor.pc + " = " + loop);
        guest.evaluate(processor.letInterruptsIn);
        for (int i = 0; i < 50; i++) {
            guest.run(() -> guest.session.stepper().step());
            assertThat(inTheLoop.getAsBoolean()).isTrue();
        }
    }

    private void letIn(Guest guest, boolean interrupts) {
        guest.on(() -> {
            guest.session.stepInterrupts(interrupts);
            return true;
        });
    }
}
