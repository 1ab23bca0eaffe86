package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs to places and from places: until, advance, jump; on a stock kernel with two CPUs. */
@Timeout(120)
final class PlacesIT {
    // mov ecx,1000; dec ecx; je +6; test ecx,ecx; jne to the dec; nop; ...; behind it, reached by the je, nop
    private static final byte[] LOOP =
            HexFormat.of().parseHex("b9e8030000" + "ffc9" + "7406" + "85c9" + "75f8" + "9090" + "9090");

    @Test
    void runsToPlacesAndFromThem() {
        try (Guest guest = Guest.boot(2)) {
            Stop entry = guest.bootedTo("start_kernel");
            long start = guest.on(entry::pc);
            Breakpoint here = guest.breakAt("*$pc");
            aLoopIsLeftWhereverItCanBe(guest, start);
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
            assertThat(guest.evaluate("$sp")).isEqualTo(sp + 8);
        }
    }

    private static void aLoopIsLeftWhereverItCanBe(Guest guest, long start) {
        byte[] original = guest.on(() -> {
            Stop stop = guest.session.requireStop();
            byte[] bytes = stop.memory().read(start, LOOP.length);
            stop.write(start, LOOP);
            return bytes;
        });
        guest.evaluate("$eflags = 2");
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            guest.run(() -> guest.session.stepper().nextForwards());
            offsets.add(guest.evaluate("$pc") - start);
        }
        assertThat(offsets)
                .as("from the jump back to where the other jump leads")
                .containsExactly(5L, 7L, 9L, 11L, 15L, 16L);
        assertThat(guest.evaluate("$ecx")).isZero();
        guest.on(() -> {
            guest.session.requireStop().write(start, original);
            return true;
        });
        guest.evaluate("$rip = " + start);
    }

    private static void jumpsToCodeAlone(Guest guest, long start) {
        for (String place : List.of("linux_banner", "*0", "*0x123456789a")) {
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
