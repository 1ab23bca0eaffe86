package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.qmp.QmpClient;

/**
 * Who did what to the machine, and whether the session knows: a row each, on every QEMU there is. The guest is a stock kernel
 * that is made to execute a few instructions of ours where a driver would.
 */
@Timeout(300)
final class TruthTableIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SPIN = "ebfe"; // jmp $

    @TempDir
    private Path directory;

    private final List<Stop> told = new ArrayList<>();

    /** The one on the path, and the newer one that kdive fetches: 7.2 and 10.0 on Debian 12. */
    static Stream<String> qemus() {
        return Stream.of("qemu-system-x86_64", "backports");
    }

    private Guest boot(String qemu) {
        Guest guest = Guest.boot(BootRequest.of("debian")
                .withInitrd("none")
                .withCpus(1)
                .withQemu(qemu)
                .withQemuArguments(List.of(
                        "-qmp",
                        "unix:" + directory.resolve("other") + ",server=on,wait=off",
                        "-device",
                        "pvpanic,ioport=0x505",
                        "-device",
                        "ib700",
                        "-action",
                        "watchdog=pause")));
        guest.session.listen(new SessionListener() {
            @Override
            public void stopped(Stop stop) {
                told.add(stop);
            }
        });
        return guest;
    }

    private QmpClient otherMonitor() {
        return QmpClient.connect(UnixDomainSocketAddress.of(directory.resolve("other")), SOON);
    }

    /** What kdive shows must be what QEMU's own monitor says. */
    static void assertTrue(Guest guest, QmpClient other) {
        boolean running = guest.on(guest.session::isRunning);
        assertThat(other.call("query-status", Map.of()).flag("running")).isEqualTo(running);
        if (!running) {
            String registers = registers(other);
            long rip = guest.on(() -> guest.session.requireStop().registers().require("rip"));
            assertThat(registers).contains((rip >>> 32 == 0 ? "IP=%08x" : "RIP=%016x").formatted(rip));
        }
    }

    private static String registers(QmpClient other) {
        return other.call("human-monitor-command", Map.of("command-line", "info registers"))
                .text();
    }

    static void patch(Guest guest, String code) {
        guest.on(() -> {
            Stop stop = guest.session.requireStop();
            stop.write(stop.pc(), HexFormat.of().parseHex(code));
            return true;
        });
    }

    static String here(Guest guest) {
        return guest.where(guest.on(guest.session::requireStop));
    }

    /** In the guest: {@code mov dx, port; mov al, value; out dx, al}, and then nothing for ever. */
    private static String out(int port, int value) {
        return "66ba%02x%02xb0%02xee".formatted(port & 0xff, port >> 8, value) + SPIN;
    }

    static void resumeInBackground(Guest guest, List<Stop> told) {
        told.clear();
        guest.on(guest.session::resume);
    }

    /** The guest stops by itself or is stopped; the front end is told once. */
    static Cause awaitTold(Guest guest, List<Stop> told) {
        await().atMost(SOON).until(() -> guest.on(() -> !told.isEmpty()));
        assertThat(told).hasSize(1);
        return told.get(0).cause();
    }

    static void awaitNotice(Guest guest, String words) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(guest.on(() -> List.copyOf(guest.notices)))
                        .as("in state %s", guest.on(guest.session::state))
                        .anyMatch(line -> line.contains(words)));
        assertThat(guest.notices).filteredOn(line -> line.contains(words)).hasSize(1);
        guest.notices.clear();
    }

    @ParameterizedTest
    @MethodSource("qemus")
    void whatAnotherMonitorDoesIsKnownAndTold(String qemu) throws Exception {
        try (Guest guest = boot(qemu);
                QmpClient other = otherMonitor()) {
            unsettledReset(guest, other);
            guest.breakAt("start_kernel");
            Breakpoint armed = guest.breakAt("setup_arch");
            guest.resume();
            secondDebugger(guest, other);
            resumedFromOutside(guest, other, armed, "setup_arch");
            guest.on(() -> {
                guest.session.breakpoints().delete(armed.number()); // another monitor cannot leave its place
                return true;
            });
            pausedFromOutside(guest, other);
            resumedAndStoppedAgain(guest, other);
        }
    }

    @ParameterizedTest
    @MethodSource("qemus")
    void whatTheGuestDoesIsKnownAndTold(String qemu) {
        try (Guest guest = boot(qemu);
                QmpClient other = otherMonitor()) {
            Breakpoint start = guest.breakAt("start_kernel");
            guest.resume();
            watchdogAndPvpanic(guest, other);
            panics(guest, other);
            other.call("system_reset", Map.of());
            awaitNotice(guest, "the guest was reset (host-qmp-system-reset)");
            guest.resume();
            reboots(guest, other, start);
            powersOff(guest);
        }
    }

    // the firmware stands at the reset vector in either case: one instruction makes the difference
    private static void unsettledReset(Guest guest, QmpClient other) {
        guest.run(() -> guest.session.stepper().step());
        long moved = guest.on(() -> guest.session.requireStop().pc());
        other.call("system_reset", Map.of());
        awaitNotice(guest, "the guest was reset (host-qmp-system-reset)");
        assertThat(guest.on(() -> guest.session.requireStop().pc())).isNotEqualTo(moved);
        assertThat(guest.on(() -> guest.session.requireStop().cause())).isInstanceOf(Cause.Start.class);
        assertTrue(guest, other);
    }

    // QEMU's stub takes one client: the second waits in the backlog, and what it sends is not heard
    private static void secondDebugger(Guest guest, QmpClient other) throws IOException {
        Path stub = Path.of(((UnixDomainSocketAddress) guest.on(
                        () -> guest.session.hypervisor().requireMachine().gdb()))
                .getPath()
                .toString());
        try (SocketChannel gdb = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            gdb.connect(UnixDomainSocketAddress.of(stub));
            gdb.write(java.nio.ByteBuffer.wrap("+$vCont;c#a8".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            Stop step = guest.run(() -> guest.session.stepper().step());
            assertThat(step.cause()).isInstanceOf(Cause.Arrived.class);
            assertTrue(guest, other);
        }
    }

    private void resumedFromOutside(Guest guest, QmpClient other, Breakpoint next, String place) {
        told.clear();
        other.call("cont", Map.of());
        awaitNotice(guest, "the guest was resumed from outside (QMP cont)");
        assertThat(awaitTold(guest, told)).isEqualTo(new Cause.BreakpointHit(List.of(next.number()), false));
        assertThat(here(guest)).isEqualTo(place);
        assertThat(guest.on(
                        () -> guest.session.breakpoints().require(next.number()).hits()))
                .isEqualTo(1);
        assertTrue(guest, other);
    }

    private void pausedFromOutside(Guest guest, QmpClient other) {
        patch(guest, SPIN);
        resumeInBackground(guest, told);
        await().atMost(SOON)
                .until(() -> other.call("query-status", Map.of()).flag("running")); // the resume may be on its way
        other.call("stop", Map.of());
        assertThat(awaitTold(guest, told).describe()).isEqualTo("Stopped from outside (paused)");
        assertTrue(guest, other);
    }

    private void resumedAndStoppedAgain(Guest guest, QmpClient other) {
        patch(guest, "eb10"); // jmp to 18 bytes on
        guest.on(() -> {
            Stop stop = guest.session.requireStop();
            stop.write(stop.pc() + 18, HexFormat.of().parseHex(SPIN));
            return true;
        });
        String there =
                "RIP=%016x".formatted(guest.on(() -> guest.session.requireStop().pc()) + 18);
        guest.on(
                () -> { // the session is busy, and hears of it when it is over
                    await().atMost(SOON).until(() -> {
                        other.call("cont", Map.of());
                        other.call("stop", Map.of());
                        return registers(other).contains(there);
                    });
                    return true;
                });
        awaitNotice(guest, "the guest was resumed from outside, and stopped again: now at");
        assertTrue(guest, other);
    }

    private void watchdogAndPvpanic(Guest guest, QmpClient other) {
        patch(guest, out(0x443, 15)); // ib700: in 0 s
        resumeInBackground(guest, told);
        assertThat(awaitTold(guest, told)).isEqualTo(new Cause.WatchdogExpired());
        assertTrue(guest, other);

        patch(guest, out(0x505, 1));
        resumeInBackground(guest, told);
        assertThat(awaitTold(guest, told)).isInstanceOf(Cause.Panicked.class);
        assertTrue(guest, other);
    }

    private void reboots(Guest guest, QmpClient other, Breakpoint start) {
        guest.notices.clear();
        patch(guest, out(0xcf9, 6));
        resumeInBackground(guest, told);
        awaitNotice(guest, "the guest was reset (guest-reset)");
        assertThat(awaitTold(guest, told)).isEqualTo(new Cause.BreakpointHit(List.of(start.number()), false));
        assertThat(here(guest)).isEqualTo("start_kernel");
        assertTrue(guest, other);
    }

    private void panics(Guest guest, QmpClient other) {
        String words = immediate(guest.evaluate("(unsigned long)linux_banner"));
        String panic = immediate(guest.evaluate("(unsigned long)panic"));
        patch(guest, "48bf" + words + "48b8" + panic + "ffd0"); // mov rdi, words; mov rax, panic; call rax
        resumeInBackground(guest, told);
        Cause cause = awaitTold(guest, told);
        assertThat(cause).isInstanceOf(Cause.Panicked.class);
        assertThat(cause.describe()).startsWith("Kernel panic: Linux version");
        assertTrue(guest, other);
    }

    private static String immediate(long value) {
        return "%016x".formatted(Long.reverseBytes(value));
    }

    private void powersOff(Guest guest) {
        guest.notices.clear();
        patch(guest, "66ba040666b8002066ef" + SPIN); // PM1a_CNT: SLP_EN, type 0
        resumeInBackground(guest, told);
        awaitNotice(guest, "ended: The guest shut down (guest-shutdown)");
        assertThat(guest.on(guest.session::state)).isInstanceOf(SessionState.Ended.class);
    }
}
