package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.GuestArchitecture;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Recording;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpSnapshots;

/** A recording may begin where a machine stands, which goes on as if nothing had been. */
@Timeout(600)
final class MidwayIT {
    private static final long MEMORY_BYTES = 192L << 20;
    private static final Duration ANSWER = Duration.ofSeconds(30);

    @TempDir
    private Path work;

    @Test
    void x86GoesOnRecorded() {
        Emulators.require(GuestArchitecture.X86_64);
        try (Guest guest = Guest.boot(small("debian"))) {
            refusesAnotherMachine(guest);
        }
        goesOnRecorded(small("debian"));
    }

    @Test
    void x86GoesOnRecordedUnderTheNewerQemu() {
        Emulators.require(GuestArchitecture.X86_64);
        goesOnRecorded(small("debian").withQemu("backports"));
    }

    @Test
    void arm64GoesOnRecorded() {
        Emulators.require(GuestArchitecture.AARCH64);
        goesOnRecorded(small("debian/arm64"));
    }

    private static BootRequest small(String kernel) {
        return BootRequest.of(kernel)
                .withInitrd("none")
                .withMemoryBytes(MEMORY_BYTES)
                .withCpus(1);
    }

    // a device that is not on the command line
    private void refusesAnotherMachine(Guest guest) {
        Stop stop = guest.bootedTo("start_kernel");
        long pc = guest.on(stop::pc);
        guest.on(() -> Waits.on(qmp(guest).execute("device_add", Map.of("driver", "virtio-rng-pci")), "device_add"));
        Path directory = work.resolve("refused");

        assertThatThrownBy(() -> guest.on(() -> guest.session.recorder().record(directory, false)))
                .hasMessageContaining("does not take this machine")
                .hasMessageContaining("record again");

        assertThat(directory).doesNotExist();
        assertThat(guest.on(() -> guest.session.requireStop().pc())).isEqualTo(pc);
        assertThat(guest.where(guest.bootedTo("setup_arch"))).isEqualTo("setup_arch");
    }

    private static QmpClient qmp(Guest guest) {
        return guest.session.hypervisor().requireMachine().qmp();
    }

    private void goesOnRecorded(BootRequest request) {
        Path directory = work.resolve("recording");
        long end;
        long slide;
        try (Guest guest = Guest.boot(request)) {
            Stop before = guest.bootedTo("rest_init");
            long sp = guest.on(() -> before.registers().sp());
            long jiffies = guest.evaluate("jiffies_64");
            slide = guest.on(() -> guest.session.target().slideBytes());
            Breakpoint kept = guest.breakAt("schedule_preempt_disabled");
            Checkpoint moment = guest.on(() -> guest.session.checkpoints().take(null, "", () -> {}));

            Stop begun = guest.on(() -> guest.session.recorder().record(directory, false));

            assertThat(guest.where(begun)).isEqualTo("rest_init");
            assertThat(guest.on(() -> begun.registers().sp())).isEqualTo(sp);
            assertThat(guest.evaluate("jiffies_64")).isEqualTo(jiffies);
            assertThat(guest.on(() -> guest.session.target().slideBytes())).isEqualTo(slide);
            assertThat(guestTime(guest)).isPositive().isEqualTo(moment.guestTime());
            assertThat(guest.notices).anyMatch(line -> line.contains("stay behind") && line.contains(moment.name()));
            assertThat(guest.session.recorder().mode()).isEqualTo("recording");
            Stop hit = guest.resume();
            assertThat(hit.cause()).isEqualTo(new Cause.BreakpointHit(List.of(kept.number()), false));
            end = now(guest);
            assertThat(end).isPositive();

            Stop again = guest.on(guest.session.recorder()::replay);

            assertThat(guest.where(again)).isEqualTo("schedule_preempt_disabled");
            assertThat(now(guest)).isEqualTo(end);
            assertThat(guest.session.recorder().mode()).startsWith("replay " + end);
            assertThat(guest.on(() -> guest.session.history().continueBack()).cause())
                    .isEqualTo(new Cause.NoMoreHistory(false));
            assertThat(guest.session.recorder().mode()).isEqualTo("replay 0");
            assertThat(guest.on(() -> guest.session.requireStop().registers().sp()))
                    .isEqualTo(sp);
        }
        opens(directory, slide, end);
    }

    // without the one who made it
    private static void opens(Path directory, long slide, long end) {
        try (Guest guest = Guest.idle()) {
            Stop first = guest.on(() -> guest.session.boot(BootPlan.replay(directory, null, null, Progress.silent())));
            assertThat(first.cause()).isEqualTo(new Cause.NoMoreHistory(false));
            assertThat(guest.where(first)).isEqualTo("rest_init");
            assertThat(guest.on(() -> guest.session.target().slideBytes())).isEqualTo(slide);
            assertThat(guest.where(guest.bootedTo("schedule_preempt_disabled"))).isEqualTo("schedule_preempt_disabled");
            assertThat(now(guest)).isEqualTo(end);
        }
    }

    private static Duration guestTime(Guest guest) {
        return guest.on(() ->
                Waits.on(new QmpSnapshots(qmp(guest), List.of(MachineSpec.SNAPSHOT_NODE), ANSWER).list(), "list")
                        .stream()
                        .filter(one -> one.tag().equals(Recording.START))
                        .findFirst()
                        .orElseThrow()
                        .guestTime());
    }

    private static long now(Guest guest) {
        return guest.on(() -> guest.session.history().now("when"));
    }
}
