package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.RunControl.HumanMonitor;
import org.kdive.qmp.RunControl.QueryStatus;
import org.kdive.qmp.RunControl.RunStatus;

/** A real QEMU on the other end, which has connected to us. */
final class QmpClientIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private Qemu qemu;
    private QmpClient client;

    @BeforeEach
    void boot() throws Exception {
        Qemu.require();
        var socket = Qemu.socketIn(directory);
        try (QmpListener listener = QmpClient.listen(socket)) {
            qemu = Qemu.start(directory, "-qmp", "unix:" + socket);
            client = Qemu.connected(listener, qemu);
        }
    }

    @AfterEach
    void powerOff() {
        if (client != null) {
            client.close();
        }
        if (qemu != null) {
            qemu.close();
        }
    }

    @Test
    void greetsAndLeavesNoSocketBehind() {
        assertThat(client.greeting().major()).isGreaterThanOrEqualTo(7);
        assertThat(client.state()).isEqualTo(QmpState.RUNNING);
        assertThat(directory.resolve("qmp")).doesNotExist();
        assertThat(client.call(new RunControl.QueryVersion()).version())
                .isEqualTo(client.greeting().version());
    }

    @Test
    void runsAndStopsAndHearsOfIt() {
        assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("prelaunch", false));
        try (QmpSubscription events = client.subscribe(event -> true)) {
            client.call(new RunControl.Cont());
            assertThat(events.poll(SOON)).get().extracting(QmpEvent::name).isEqualTo("RESUME");
            assertThat(client.call(new QueryStatus())).isEqualTo(new RunStatus("running", true));
            client.call(new RunControl.Stop());
            assertThat(events.poll(SOON)).get().extracting(QmpEvent::name).isEqualTo("STOP");
            client.call(new RunControl.SystemReset());
            QmpEvent reset = events.poll(SOON).orElseThrow();
            assertThat(reset.name()).isEqualTo("RESET");
            assertThat(reset.data().text("reason")).isEqualTo("host-qmp-system-reset");
        }
        assertThat(client.call(new QueryStatus()).running()).isFalse();
    }

    @Test
    void saysWhatWasSentAndWhatCame() {
        assertThatThrownBy(() -> client.call("device_add", Map.of("driver", "virtio-9p-pci", "fsdev", "nofs")))
                .isInstanceOf(QmpException.class)
                .hasMessageContaining("nofs")
                .hasMessageContaining("\"execute\":\"device_add\"");
        assertThatThrownBy(() -> client.call("no-such-command", Map.of()))
                .isInstanceOfSatisfying(
                        QmpException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        QmpFailure.Refused.class,
                                        refused ->
                                                assertThat(refused.errorClass()).isEqualTo("CommandNotFound")));
    }

    @Test
    void speaksToTheHumanMonitor() {
        assertThat(client.call(new HumanMonitor("info registers")))
                .contains("CR0=")
                .doesNotContain("\r");
        assertThat(client.call(new HumanMonitor("info blah"))).isEqualTo("unknown command: 'info blah'\n");
    }

    @Test
    void survivesTheWholeSchema() {
        QmpValue schema = client.call(new RunControl.QueryQmpSchema());
        assertThat(schema.list()).hasSizeGreaterThan(1000);
        assertThat(schema.list()).anyMatch(entry -> entry.text("name").equals("query-status"));
    }

    @Test
    void asksAfterCpusCharacterDevicesAndObjects() {
        var cpus = client.call(new Devices.QueryCpusFast());
        assertThat(cpus).hasSize(1);
        assertThat(Path.of(
                        "/proc", qemu.process().pid() + "", "task", cpus.get(0).threadId() + ""))
                .exists();
        assertThat(client.call(new Devices.QueryChardev()))
                .anyMatch(chardev -> chardev.filename().startsWith("unix:"));
        assertThat(client.call(new Devices.QomGet("/machine", "type")).text()).startsWith("pc-i440fx");
        assertThat(client.call(new Devices.QomList("/machine"))).containsEntry("peripheral", "child<container>");
    }

    @Test
    void savesMemory() throws Exception {
        Path physical = directory.resolve("physical");
        client.call(new GuestDump.PMemSave(0xffff0L, 16, physical));
        assertThat(Files.readAllBytes(physical)).hasSize(16).startsWith(0xea); // the reset vector's far jump
        Path virtual = directory.resolve("virtual");
        client.call(new GuestDump.MemSave(0xffff0L, 16, virtual, OptionalInt.of(0)));
        assertThat(Files.readAllBytes(virtual)).isEqualTo(Files.readAllBytes(physical));
    }

    @Test
    void kernelAddressesReachQemuWhole() {
        // Nothing is mapped there at reset; that QEMU names the address shows that it took all 64 bits.
        var kernel = new GuestDump.MemSave(0xffffffff81000000L, 16, directory.resolve("virtual"), OptionalInt.empty());
        assertThatThrownBy(() -> client.call(kernel)).hasMessageContaining("0xffffffff81000000");
    }

    @Test
    void dumpsTheGuest() {
        Path core = directory.resolve("core");
        client.call(new GuestDump.DumpGuestMemory(core, false, "elf"));
        assertThat(core).isNotEmptyFile();
    }

    @Test
    void quitEndsTheConnectionAndWakesEverybody() throws Exception {
        QmpSubscription events = client.subscribe(event -> event.name().equals("SHUTDOWN"));
        client.call(new RunControl.Quit());
        assertThat(events.poll(SOON))
                .get()
                .extracting(event -> event.data().text("reason"))
                .isEqualTo("host-qmp-quit");
        assertThat(client.closed().get(10, TimeUnit.SECONDS)).isInstanceOf(QmpFailure.Disconnected.class);
        assertThatThrownBy(() -> events.poll(SOON)).isInstanceOf(QmpException.class);
        assertThat(client.state()).isEqualTo(QmpState.CLOSED);
        await().until(() -> !qemu.process().isAlive());
    }

    @Test
    void aKilledQemuIsADisconnectionForAllWhoWait() throws Exception {
        client.call(new RunControl.Cont());
        qemu.process().destroyForcibly().waitFor();
        QmpFailure first = client.closed().get(10, TimeUnit.SECONDS);
        assertThat(first).isInstanceOf(QmpFailure.Disconnected.class);
        assertThatThrownBy(() -> client.call(new QueryStatus()))
                .isInstanceOfSatisfying(
                        QmpException.class, e -> assertThat(e.failure()).isSameAs(first));
    }
}
