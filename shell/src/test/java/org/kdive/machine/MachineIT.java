package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real QEMU, started, used and ended. */
@Timeout(120)
final class MachineIT {
    private static final Duration SOON = Qemu.SOON;
    // QEMU hands over a byte at a time: 0.1 to 0.2 MB a second, whoever reads.
    private static final int FLOOD_BYTES = 300_000;

    @TempDir
    private Path dir;

    @BeforeAll
    static void requireQemu() {
        Qemu.require();
    }

    private static MachineFailure failureOf(MachineSpec.Builder builder, Duration deadline) {
        MachineException e = catchThrowableOfType(
                MachineException.class,
                () -> Machine.boot(builder.build(), deadline).close());
        return e.failure();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc", "q35"})
    void standsBeforeTheFirstInstructionAndLeavesNothing(String type) throws IOException {
        Machine machine = Machine.boot(MachineSpec.builder().machine(type).build(), SOON);
        Path run = machine.runDirectory();
        try (machine) {
            assertThat(machine.qmp().call("query-status", Map.of()).text("status"))
                    .isEqualTo("prelaunch");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run)))
                    .isEqualTo("rwx------");
            SocketChannel.open(machine.gdb()).close();
        }
        machine.close();
        assertThat(machine.exit()).isCompletedWithValue(new MachineExit(0, List.of()));
        assertThat(Qemu.isAlive(machine.pid())).isFalse();
        assertThat(run).doesNotExist();
    }

    @Test
    void givesQemusOwnWordsWhenItRefuses() {
        MachineFailure failure = failureOf(MachineSpec.builder().extra(List.of("-no-such-option")), SOON);
        assertThat(failure).isInstanceOfSatisfying(MachineFailure.QemuRefused.class, refused -> {
            assertThat(refused.stderr()).contains("-no-such-option: invalid option");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.commandLine()).contains("-no-such-option");
        });
    }

    @Test
    void givesQemusOwnWordsWhenItFailsAfterTheMonitorIsConnected() {
        MachineFailure failure = failureOf(MachineSpec.builder().kernel(dir.resolve("absent")), SOON);
        assertThat(failure)
                .isInstanceOfSatisfying(
                        MachineFailure.QemuRefused.class,
                        refused -> assertThat(refused.stderr()).contains("absent"));
    }

    @Test
    void saysWhenThereIsNoQemu() {
        assertThat(failureOf(MachineSpec.builder().qemu("qemu-system-none"), SOON))
                .isEqualTo(new MachineFailure.NoQemu("qemu-system-none"));
        assertThat(failureOf(MachineSpec.builder().qemu(dir.toString()), SOON))
                .isInstanceOf(MachineFailure.NoQemu.class);
    }

    @Test
    void givesUpOnAQemuThatNeverGetsReady() throws IOException {
        Path script = Files.writeString(dir.resolve("qemu"), "#!/bin/sh\necho 'just a moment' >&2\nexec sleep 1000\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        MachineSpec.Builder builder = MachineSpec.builder().qemu(script.toString());
        assertThat(failureOf(builder, Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        MachineFailure.NotReady.class,
                        late -> assertThat(late.stderr()).contains("just a moment"));
    }

    @Test
    void reportsAQemuKilledUnderUs() throws Exception {
        try (Machine machine = Machine.boot(MachineSpec.builder().build(), SOON)) {
            assertThat(ProcessHandle.of(machine.pid()).orElseThrow().destroyForcibly())
                    .isTrue();
            MachineExit exit = machine.exit().get(10, TimeUnit.SECONDS);
            assertThat(exit.signal()).hasValue(9);
            machine.console().ended().get(10, TimeUnit.SECONDS);
            machine.qmp().closed().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void endsAQemuThatHangs() throws Exception {
        Machine machine = Machine.boot(MachineSpec.builder().build(), SOON);
        new ProcessBuilder("kill", "-STOP", Long.toString(machine.pid()))
                .start()
                .waitFor();
        machine.close();
        assertThat(machine.exit().get().signal()).hasValue(9);
        assertThat(machine.runDirectory()).doesNotExist();
    }

    @Test
    void leavesNoDescriptorThreadOrProcessBehind() throws Exception {
        Machine.boot(MachineSpec.builder().build(), SOON).close();
        long descriptors = descriptors();
        for (int i = 0; i < 20; i++) {
            Machine.boot(MachineSpec.builder().build(), SOON).close();
        }
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("machine-")
                            || thread.getName().equals("console"));
            assertThat(ProcessHandle.current().children()).isEmpty();
        });
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void carriesTheSerialLineBothWays() throws IOException {
        Path firmware = SerialFirmware.echo(dir.resolve("bios"), "ready> ");
        MachineSpec spec = MachineSpec.builder()
                .extra(List.of("-bios", firmware.toString()))
                .build();
        try (Machine machine = Machine.boot(spec, SOON)) {
            machine.qmp().call("cont", Map.of());
            machine.console().expect(Pattern.compile("ready> "), SOON);
            machine.console().send("hello\n");
            assertThat(machine.console().expect(Pattern.compile("(.*)\n"), SOON).groups())
                    .containsExactly("hello");
            assertThat(machine.console().log()).hasContent("ready> hello\n");
        }
    }

    @Test
    void staysResponsiveUnderAFloodOfOutput() throws IOException {
        Path firmware = SerialFirmware.flood(dir.resolve("bios"));
        MachineSpec spec = MachineSpec.builder()
                .extra(List.of("-bios", firmware.toString()))
                .build();
        try (Machine machine = Machine.boot(spec, SOON)) {
            machine.qmp().call("cont", Map.of());
            ConsoleReader reader = machine.console().readerFromStart();
            long seen = 0;
            while (seen < FLOOD_BYTES) {
                seen += reader.read(SOON).length + reader.droppedBytes();
                assertThat(reader.ended()).isFalse();
            }
            assertThat(machine.qmp().call("query-status", Map.of()).flag("running"))
                    .isTrue();
        }
    }

    @Test
    void readsTheGuestsRamAboveAndBelowTheHole() throws IOException {
        byte[] pattern = new byte[1 << 16];
        new Random(4).nextBytes(pattern);
        Path file = Files.write(dir.resolve("pattern"), pattern);
        for (String type : List.of("pc", "q35")) {
            MachineSpec spec = MachineSpec.builder()
                    .machine(type)
                    .memoryBytes(5L << 30)
                    .extra(List.of(
                            "-device", "loader,file=" + file + ",addr=0x200000,force-raw=on",
                            "-device", "loader,file=" + file + ",addr=0x100003000,force-raw=on"))
                    .build();
            try (Machine machine = Machine.boot(spec, SOON);
                    GuestMemory memory = machine.openMemory()) {
                assertThat(memory.read(0x200000, pattern.length)).isEqualTo(pattern);
                assertThat(memory.read(0x1_0000_3000L, pattern.length)).isEqualTo(pattern);
                assertThatThrownBy(() -> memory.read(0xfec0_0000L, 4)).hasMessageContaining("0xfec00000");
            }
        }
    }

    @Test
    void hasAnImageThatQemuFindsNothingWrongWith() throws Exception {
        Path image = dir.resolve("scratch.qcow2");
        ScratchImage.write(image);
        Process check = new ProcessBuilder("qemu-img", "check", image.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(check.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("No errors were found");
    }

    @Test
    void probesByRunningAGuest() {
        String qemu = "qemu-system-x86_64";
        assertThat(KvmProbe.probe(qemu, Accelerator.TCG, "qemu64", SOON)).isEmpty();
        assertThat(KvmProbe.probe(qemu, Accelerator.TCG, "no-such-cpu", SOON)).contains("no-such-cpu");
        String why = KvmProbe.probe(qemu, Accelerator.KVM, "host", Duration.ofSeconds(4));
        MachineSpec.Builder builder = MachineSpec.builder().accelerator(Accelerator.KVM);
        if (why.isEmpty()) {
            Machine.boot(builder.build(), SOON).close();
        } else {
            assertThat(failureOf(builder, SOON)).isInstanceOf(MachineFailure.KvmUnusable.class);
        }
    }

    @Test
    void runsWithoutTheHostsClock() {
        try (Machine machine = Machine.boot(MachineSpec.builder().seed(42).build(), SOON)) {
            machine.qmp().call("cont", Map.of());
            assertThat(machine.qmp().call("query-status", Map.of()).flag("running"))
                    .isTrue();
        }
    }
}
