package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Supplier;
import org.kdive.gdbrsp.ThreadId;

/** One CPU is to get on while the other meets a breakpoint whose condition is false in every turn of a loop. */
final class ForeignHits {
    private static final int TURNS = 50_000;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Guest guest;
    private final SchedulingIT.Processor processor;
    private final long loop;

    /** @param loop where both CPUs count, interrupts masked */
    ForeignHits(Guest guest, SchedulingIT.Processor processor, long loop) {
        this.guest = guest;
        this.processor = processor;
        this.loop = loop;
    }

    void areNoHindrance(ThreadId one) {
        long call = loop + 0x40;
        guest.on(() -> {
            guest.session.requireStop().write(call, processor.call());
            return true;
        });
        Breakpoint hot = guest.breakAt("*" + processor.jump(loop), processor.counter() + " == 0");
        for (Scheduling.Locking locking :
                new Scheduling.Locking[] {Scheduling.Locking.ON, Scheduling.Locking.STEP, Scheduling.Locking.OFF}) {
            guest.on(() -> {
                guest.session.scheduling().locking(locking);
                return guest.session.select(one);
            });
            guest.evaluate(processor.counter() + " = " + TURNS);
            guest.evaluate(processor.pc() + " = " + call);
            ends("nexti", locking, one, () -> guest.session.stepper().next());
            assertThat(guest.evaluate(processor.counter())).isZero();
            long behind = guest.evaluate(processor.pc());

            guest.evaluate(processor.counter() + " = " + TURNS);
            guest.evaluate(processor.pc() + " = " + call);
            guest.run(() -> guest.session.stepper().step());
            ends("advance", locking, one, () -> guest.session.stepper().until("advance", "*" + behind));
            assertThat(guest.evaluate(processor.pc())).isEqualTo(behind);
            ends("stepi", locking, one, () -> guest.session.stepper().step());
        }
        guest.on(() -> {
            guest.session.breakpoints().delete(hot.number());
            guest.session.select(one);
            guest.evaluateHere(processor.pc() + " = " + loop);
            return true;
        });
    }

    private void ends(String what, Scheduling.Locking locking, ThreadId one, Supplier<Running> run) {
        long begun = System.nanoTime();
        Stop stop = guest.run(run);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        System.out.printf("%s, %s, scheduler-locking %s: %d ms%n", processor, what, locking, took.toMillis());
        assertThat(stop.cause()).as(what).isInstanceOf(Cause.Arrived.class);
        assertThat(stop.thread()).as(what).isEqualTo(one);
        assertThat(took).as(what).isLessThan(LONGEST);
    }
}
