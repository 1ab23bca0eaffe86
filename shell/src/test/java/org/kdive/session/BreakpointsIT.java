package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.symbols.Symbol;

/** Breakpoints hold: by the hundred, several at a place, where the guest stands, and on every CPU. */
@Timeout(180)
final class BreakpointsIT {
    private static final Pattern UNCALLED = Pattern.compile("^(tcp|udp|ip6?|inet6?|xfrm|snd|usb|nf|nfs)_.*");
    private static final int MANY = 1000;

    @ParameterizedTest
    @CsvSource({"debian, start_secondary", "debian/arm64, secondary_start_kernel"})
    void holdByTheThousandOnEveryCpuAndAcrossAReset(String kernel, String secondary) {
        try (Guest guest = Guest.boot(BootRequest.of(kernel).withCpus(4))) {
            Breakpoint start = guest.breakAt("start_kernel");
            assertThat(guest.resume().cause()).isEqualTo(new Cause.BreakpointHit(List.of(start.number()), false));
            severalAtOnePlace(guest);
            aThousand(guest);
            onEveryCpu(guest, secondary);

            guest.on(() -> {
                guest.session.hypervisor().reset();
                return true;
            });
            Stop again = guest.resume();
            assertThat(again.cause()).isEqualTo(new Cause.BreakpointHit(List.of(start.number()), false));
            assertThat(guest.where(again)).isEqualTo("start_kernel");
        }
    }

    private static void severalAtOnePlace(Guest guest) {
        Breakpoint atPc = guest.breakAt("*$pc"); // where it stands: not hit by going on
        Breakpoint one = guest.breakAt("parse_early_param");
        Breakpoint never = guest.breakAt("parse_early_param", "0");
        Breakpoint two = guest.breakAt("parse_early_param", "1");
        assertThat(guest.resume().cause())
                .isEqualTo(new Cause.BreakpointHit(List.of(one.number(), two.number()), false));
        assertThat(hits(guest, atPc)).isZero();
        assertThat(hits(guest, never)).isZero();
        delete(guest, atPc, one, never, two);
    }

    private static void aThousand(Guest guest) {
        List<Breakpoint> all = guest.on(() -> {
            List<Symbol> uncalled =
                    guest.session.program().orElseThrow().symbols().matching(UNCALLED, 2 * MANY);
            return uncalled.stream()
                    .filter(Symbol::isText)
                    .limit(MANY)
                    .map(symbol -> guest.session.place(
                            BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "*0x%x".formatted(symbol.address()))))
                    .toList();
        });
        assertThat(all).hasSize(MANY);
        Breakpoint last = guest.breakAt("strlen"); // soon: QEMU looks through all of them at each jump
        long begun = System.nanoTime();
        assertThat(guest.resume().cause()).isEqualTo(new Cause.BreakpointHit(List.of(last.number()), false));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
        System.out.printf("%d breakpoints: %d ms to the next%n", MANY, (System.nanoTime() - begun) / 1_000_000);
        delete(guest, all.toArray(Breakpoint[]::new));
        delete(guest, last);
    }

    private static void onEveryCpu(Guest guest, String secondary) {
        Breakpoint any = guest.breakAt(secondary);
        Breakpoint third = guest.on(() -> guest.session.place(
                BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, secondary).withThread(3)));
        Set<Long> cpus = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            Stop stop = guest.resume();
            long cpu = stop.thread().thread();
            cpus.add(cpu);
            assertThat(stop.cause())
                    .isEqualTo(new Cause.BreakpointHit(
                            cpu == 3 ? List.of(any.number(), third.number()) : List.of(any.number()), false));
        }
        assertThat(cpus).containsExactly(2L, 3L, 4L);
        assertThat(hits(guest, third)).isEqualTo(1);
        delete(guest, any, third);
    }

    private static int hits(Guest guest, Breakpoint one) {
        return guest.on(() -> guest.session.breakpoints().require(one.number()).hits());
    }

    private static void delete(Guest guest, Breakpoint... all) {
        guest.on(() -> {
            for (Breakpoint one : all) {
                guest.session.breakpoints().delete(one.number());
            }
            return true;
        });
    }
}
