package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.qmp.QmpClient;

/** The rows of the truth table for which the machine is not just run, stopped or reset: docs/truth.md. */
@Timeout(300)
final class OtherMonitorIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String RESTORED = "the guest was put back to a snapshot from outside";

    @TempDir
    private Path directory;

    private final List<Stop> told = new ArrayList<>();

    static java.util.stream.Stream<String> qemus() {
        return TruthTableIT.qemus();
    }

    private Guest boot(String qemu) {
        Guest guest = Guest.boot(BootRequest.of("debian")
                .withInitrd("none")
                .withAppend(List.of("nokaslr"))
                .withCpus(1)
                .withQemu(qemu)
                .withQemuArguments(List.of("-qmp", "unix:" + directory.resolve("other") + ",server=on,wait=off")));
        guest.session.listen(new SessionListener() {
            @Override
            public void stopped(Stop stop) {
                told.add(stop);
            }
        });
        return guest;
    }

    @ParameterizedTest
    @MethodSource("qemus")
    void whatIsDoneToTheWholeMachineIsKnownAndTold(String qemu) {
        try (Guest guest = boot(qemu);
                QmpClient other = QmpClient.connect(UnixDomainSocketAddress.of(directory.resolve("other")), SOON)) {
            Breakpoint start = guest.breakAt("start_kernel");
            guest.resume();
            long place = pc(guest);
            hmp(other, "savevm early");
            putBackWhileStopped(guest, other, place);
            putBackWhileRunning(guest, other, start);
            resetWhileNobodyListens(guest, other, start);
            migratedAway(guest, other);
            snapshotsThatFail(guest, other);
            tripleFault(guest, other);
            stubTakenAway(guest, other);
        }
    }

    private void putBackWhileStopped(Guest guest, QmpClient other, long place) {
        guest.run(() -> guest.session.stepper().step());
        assertThat(pc(guest)).isNotEqualTo(place);
        hmp(other, "loadvm early"); // QEMU tells nobody of it
        guest.on(() -> {
            guest.session.hypervisor().lookAround();
            return true;
        });
        putBack(guest, other, place);

        guest.run(() -> guest.session.stepper().step());
        snapshotLoad(other, "early");
        await().atMost(SOON).until(() -> !guest.notices.isEmpty());
        putBack(guest, other, place);
    }

    private static void putBack(Guest guest, QmpClient other, long place) {
        assertThat(guest.notices)
                .singleElement()
                .asString()
                .startsWith(RESTORED + ": now at 0x")
                .endsWith("<start_kernel>");
        guest.notices.clear();
        assertThat(pc(guest)).isEqualTo(place);
        assertThat(guest.on(() -> guest.session.requireStop().cause())).isEqualTo(new Cause.StoppedElsewhere(RESTORED));
        TruthTableIT.assertTrue(guest, other);
    }

    private void putBackWhileRunning(Guest guest, QmpClient other, Breakpoint start) {
        guest.bootedTo("setup_arch");
        spin(guest);
        hmp(other, "loadvm early"); // to a breakpoint, which counts
        assertThat(awaitTold(guest)).isEqualTo(new Cause.BreakpointHit(List.of(start.number()), false));
        TruthTableIT.awaitNotice(guest, RESTORED);
        assertThat(TruthTableIT.here(guest)).isEqualTo("start_kernel");
        TruthTableIT.assertTrue(guest, other);

        guest.on(() -> {
            guest.session.breakpoints().enable(start.number(), false);
            return true;
        });
        spin(guest);
        hmp(other, "loadvm early"); // it runs on
        TruthTableIT.awaitNotice(guest, RESTORED);
        guest.on(() -> {
            guest.session.interrupt();
            guest.session.breakpoints().enable(start.number(), true);
            return true;
        });
        assertThat(awaitTold(guest)).isEqualTo(new Cause.Interrupted());
        TruthTableIT.assertTrue(guest, other);
    }

    // by the time the session hears of the reset the guest is at the old breakpoint of the new kernel
    private void resetWhileNobodyListens(Guest guest, QmpClient other, Breakpoint start) {
        spin(guest);
        long hits = guest.on(
                () -> guest.session.breakpoints().require(start.number()).hits());
        guest.on(() -> {
            other.call("system_reset", Map.of());
            await().atMost(SOON)
                    .until(() ->
                            other.call("query-status", Map.of()).text("status").equals("debug"));
            return true;
        });
        assertThat(awaitTold(guest)).isEqualTo(new Cause.BreakpointHit(List.of(start.number()), false));
        TruthTableIT.awaitNotice(guest, "the guest was reset (host-qmp-system-reset)");
        assertThat(guest.on(() ->
                        guest.session.breakpoints().require(start.number()).hits()))
                .isEqualTo(hits + 1);
        TruthTableIT.assertTrue(guest, other);
    }

    private void migratedAway(Guest guest, QmpClient other) {
        spin(guest);
        other.call("migrate", Map.of("uri", "exec:cat >/dev/null"));
        assertThat(awaitTold(guest)).isEqualTo(new Cause.MigratedAway());
        TruthTableIT.assertTrue(guest, other);
    }

    private void snapshotsThatFail(Guest guest, QmpClient other) {
        spin(guest);
        snapshotLoad(other, "nosuch");
        assertThat(awaitTold(guest).describe())
                .isEqualTo("Stopped from outside (restore-vm: a snapshot could not be loaded)");
        TruthTableIT.assertTrue(guest, other);
        other.call("device_add", Map.of("driver", "nvme", "serial", "1", "id", "unmovable"));
        assertThatThrownBy(() -> guest.on(() -> {
                    guest.session.hypervisor().saveSnapshot("late");
                    return true;
                }))
                .hasMessageContaining("nvme");
        TruthTableIT.assertTrue(guest, other);
    }

    private void tripleFault(Guest guest, QmpClient other) {
        TruthTableIT.patch(guest, "4831e40f0b"); // xor rsp, rsp; ud2
        TruthTableIT.resumeInBackground(guest, told);
        assertThat(awaitTold(guest)).isInstanceOf(Cause.TripleFaulted.class);
        TruthTableIT.assertTrue(guest, other);
    }

    private static void stubTakenAway(Guest guest, QmpClient other) {
        guest.notices.clear();
        hmp(other, "gdbserver none");
        await().atMost(SOON).until(() -> guest.on(guest.session::state) instanceof SessionState.Ended);
        assertThat(guest.notices)
                .singleElement()
                .asString()
                .startsWith("ended: QEMU lives, but its gdb stub was taken away");
    }

    private static void hmp(QmpClient other, String line) {
        other.call("human-monitor-command", Map.of("command-line", line));
    }

    private static void snapshotLoad(QmpClient other, String tag) {
        other.call(
                "snapshot-load", Map.of("job-id", "j" + tag, "tag", tag, "vmstate", "vm0", "devices", List.of("vm0")));
    }

    private static long pc(Guest guest) {
        return guest.on(() -> guest.session.requireStop().pc());
    }

    /** On from here, and nowhere. */
    private void spin(Guest guest) {
        guest.on(() -> {
            Stop stop = guest.session.requireStop();
            stop.write(stop.pc(), HexFormat.of().parseHex("eb10")); // jmp to 18 bytes on: here may be a breakpoint
            stop.write(stop.pc() + 18, HexFormat.of().parseHex("ebfe"));
            return true;
        });
        TruthTableIT.resumeInBackground(guest, told);
        await().atMost(SOON).until(() -> guest.on(guest.session::isRunning));
    }

    private Cause awaitTold(Guest guest) {
        return TruthTableIT.awaitTold(guest, told);
    }
}
