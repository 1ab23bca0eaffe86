package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineSpec;
import org.kdive.qmp.QmpClient;

/** What another monitor does to a machine that kdive has attached to: rows of docs/truth.md. */
@Timeout(120)
final class AttachedTruthIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    static java.util.stream.Stream<String> qemus() {
        return TruthTableIT.qemus();
    }

    private Machine machine(String qemu) {
        String program = BootRequest.of("debian")
                .withInitrd("none")
                .withQemu(qemu)
                .plan(Progress.silent())
                .spec()
                .qemu();
        return Machine.boot(
                MachineSpec.builder()
                        .memoryBytes(16 << 20)
                        .qemu(program)
                        .extra(List.of("-qmp", "unix:" + directory.resolve("monitor") + ",server=on,wait=off"))
                        .build(),
                SOON);
    }

    @ParameterizedTest
    @MethodSource("qemus")
    void aSnapshotThatAnotherMonitorLoadsIsNoticed(String qemu) {
        try (Machine machine = machine(qemu);
                Guest guest = Guest.idle()) {
            QmpClient other = machine.qmp();
            guest.on(() -> guest.session.attach(AttachPlan.stub(
                    machine.gdb(),
                    AttachPlan.endpoint("--qmp", "unix:" + directory.resolve("monitor")),
                    false,
                    Optional::empty)));
            long place = pc(guest);
            hmp(other, "savevm early");
            assertThat(lookedAround(guest)).isEmpty(); // saving changes nothing

            guest.run(() -> guest.session.stepper().step());
            assertThat(lookedAround(guest)).isEmpty();
            assertThat(pc(guest)).isNotEqualTo(place);
            hmp(other, "loadvm early"); // QEMU tells nobody of it
            assertThat(lookedAround(guest))
                    .singleElement()
                    .asString()
                    .startsWith("the guest was put back to a snapshot from outside: now at 0x");
            assertThat(pc(guest)).isEqualTo(place);

            guest.run(() -> guest.session.stepper().step());
            guest.notices.clear();
            other.call(
                    "snapshot-load",
                    Map.of("job-id", "j", "tag", "early", "vmstate", "vm0", "devices", List.of("vm0")));
            await().atMost(SOON).until(() -> !guest.notices.isEmpty());
            assertThat(guest.notices).singleElement().asString().startsWith("the guest was put back to a snapshot");
            assertThat(pc(guest)).isEqualTo(place);
            TruthTableIT.assertTrue(guest, other);

            guest.notices.clear();
            other.call("cont", Map.of());
            TruthTableIT.awaitNotice(guest, "the guest was resumed from outside (QMP cont)");
        }
    }

    private static List<String> lookedAround(Guest guest) {
        guest.notices.clear();
        guest.on(() -> {
            guest.session.hypervisor().lookAround();
            return true;
        });
        return List.copyOf(guest.notices);
    }

    private static void hmp(QmpClient other, String line) {
        other.call("human-monitor-command", Map.of("command-line", line));
    }

    private static long pc(Guest guest) {
        return guest.on(() -> guest.session.requireStop().pc());
    }
}
