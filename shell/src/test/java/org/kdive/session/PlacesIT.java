package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs to places and from places: until, advance, jump; on a stock kernel with two CPUs. */
@Timeout(120)
final class PlacesIT {
    /** A loop of a thousand rounds that is left in its middle, to behind it. */
    private enum Processor {
        // mov ecx,1000; dec ecx; je +6; test ecx,ecx; jne to the dec; nop; ...; behind it, reached by the je, nop
        X86_64(
                "debian",
                "b9e8030000" + "ffc9" + "7406" + "85c9" + "75f8" + "9090" + "9090",
                "[5, 7, 9, 11, 15, 16]",
                "$ecx",
                "$rip",
                "$eflags = 2",
                8),
        // mov w1,1000; sub w1,w1,1; cbz w1,+16; tst w1,w1; b.ne to the sub; nop; behind it nop, nop
        ARM64(
                "debian/arm64",
                "017d8052" + "21040051" + "81000034" + "3f00016a" + "a1ffff54" + "1f2003d5" + "1f2003d5" + "1f2003d5",
                "[4, 8, 12, 16, 24, 28]",
                "$x1",
                "$pc",
                "$cpsr = 0x3c5",
                0);

        private final String kernel;
        private final String loop;
        private final String steps; // where nexti goes from the loop's beginning
        private final String counter;
        private final String pc;
        private final String maskInterrupts;
        private final int returnAddressBytes; // on the stack

        Processor(
                String kernel,
                String loop,
                String steps,
                String counter,
                String pc,
                String maskInterrupts,
                int returnAddressBytes) {
            this.kernel = kernel;
            this.loop = loop;
            this.steps = steps;
            this.counter = counter;
            this.pc = pc;
            this.maskInterrupts = maskInterrupts;
            this.returnAddressBytes = returnAddressBytes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void runsToPlacesAndFromThem(Processor processor) {
        try (Guest guest = Guest.boot(BootRequest.of(processor.kernel).withCpus(2))) {
            Stop entry = guest.bootedTo("start_kernel");
            long start = guest.on(entry::pc);
            Breakpoint here = guest.breakAt("*$pc");
            aLoopIsLeftWhereverItCanBe(guest, start, processor);
            jumpsToCodeAlone(guest, start);
            guest.on(() -> {
                guest.session.breakpoints().enable(here.number(), false);
                return true;
            });

            assertThat(guest.where(guest.run(() -> guest.session.stepper().until("advance", "vfs_open"))))
                    .isEqualTo("vfs_open");
            assertThat(guest.on(() ->
                            guest.session.breakpoints().require(here.number()).addresses()))
                    .as("init memory went, other things are called so now, and it stays where it was set")
                    .containsExactly(start);
            long sp = guest.evaluate("$sp");
            Stop returned = guest.run(() -> guest.session.stepper().until("until", "do_filp_open"));
            assertThat(returned.cause()).isEqualTo(new Cause.Arrived("until"));
            assertThat(guest.where(returned)).as("vfs_open returned before").startsWith("path_openat+");
            assertThat(guest.evaluate("$sp")).isEqualTo(sp + processor.returnAddressBytes);
        }
    }

    private static void aLoopIsLeftWhereverItCanBe(Guest guest, long start, Processor processor) {
        byte[] loop = HexFormat.of().parseHex(processor.loop);
        byte[] original = guest.on(() -> {
            Stop stop = guest.session.requireStop();
            byte[] bytes = stop.memory().read(start, loop.length);
            stop.write(start, loop);
            return bytes;
        });
        guest.evaluate(processor.maskInterrupts);
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            guest.run(() -> guest.session.stepper().nextForwards());
            offsets.add(guest.evaluate("$pc") - start);
        }
        assertThat(offsets)
                .as("from the jump back to where the other jump leads")
                .hasToString(processor.steps);
        assertThat(guest.evaluate(processor.counter)).isZero();
        guest.on(() -> {
            guest.session.requireStop().write(start, original);
            return true;
        });
        guest.evaluate(processor.pc + " = " + start);
    }

    private static void jumpsToCodeAlone(Guest guest, long start) {
        for (String place : List.of("init_uts_ns", "*0", "*0x123456789a")) {
            assertThatThrownBy(() -> guest.on(() -> guest.session.stepper().jump(place, told -> {})))
                    .isInstanceOf(SessionException.class)
                    .hasMessageContaining("no code at");
        }
        assertThat(guest.evaluate("$pc")).isEqualTo(start);
        List<String> told = new ArrayList<>();
        Stop stop = guest.run(() -> guest.session.stepper().jump("*$pc", told::add));
        assertThat(stop.cause()).as("a breakpoint there stops at once").isInstanceOf(Cause.BreakpointHit.class);
        assertThat(guest.evaluate("$pc")).isEqualTo(start);
        assertThat(told).containsExactly(guest.on(() -> guest.session.describe(start)));
    }
}
