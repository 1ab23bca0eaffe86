package org.kdive.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.disk.Qcow2Writer;
import org.kdive.machine.Disk;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Share;

/** Going back where there is more than a machine of ours: a disk of the user's, a share, somebody else's QEMU. */
@Timeout(240)
final class CheckpointPlacesIT {
    private static final long DISK_BYTES = 1 << 20;

    @TempDir
    private Path work;

    private static MachineSpec.Builder small() {
        return MachineSpec.builder().memoryBytes(16 << 20);
    }

    private static Checkpoint take(Guest guest, String name) {
        return guest.on(() -> guest.session.checkpoints().take(name, "", () -> {}));
    }

    private Path disk() throws IOException {
        Path file = work.resolve("disk.qcow2");
        Qcow2Writer.writeEmpty(file, DISK_BYTES);
        return file;
    }

    // as the device would: the node is its own
    private static void write(Guest guest, int value) {
        String answer = guest.on(() -> {
            String device = guest.session.hypervisor().qmp("query-block", Map.of()).list().stream()
                    .filter(one -> one.find("inserted").isPresent())
                    .map(one -> one.text("qdev"))
                    .findFirst()
                    .orElseThrow();
            return guest.session.hypervisor().monitor("qemu-io -d %s \"write -P %d 0 64k\"".formatted(device, value));
        });
        assertThat(answer).isEmpty();
    }

    private static String run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void whatWasWrittenToAQcow2DiskGoesBack() throws Exception {
        Path file = disk();
        MachineSpec spec = small().disk(new Disk(file, Disk.Access.READ_WRITE)).build();
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(new BootPlan(spec, Architecture.X86_64, false, Optional::empty)));
            write(guest, 0xaa);
            Checkpoint before = take(guest, "before");
            write(guest, 0xbb);
            take(guest, "after");
            guest.on(() -> guest.session.checkpoints().rewind(before));
            guest.session.kill();
        }
        assertThat(run("qemu-io", "-r", "-c", "read -P 0xaa 0 64k", file.toString()))
                .contains("read 65536/65536")
                .doesNotContain("verification failed");
        assertThat(run("qemu-img", "snapshot", "-l", file.toString()))
                .as("the user's disk has no snapshot of ours")
                .doesNotContain("before")
                .doesNotContain("after");
    }

    @Test
    void somebodyElsesMachineGoesBackIfItHasAQcow2Disk() throws Exception {
        List<String> monitor = List.of("-qmp", "unix:" + work.resolve("other") + ",server=on,wait=off");
        try (Machine bare = Machine.boot(small().extra(monitor).build(), Guest.PATIENCE);
                Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.attach(plan(bare)));
            assertThatThrownBy(() -> take(guest, "a"))
                    .hasMessageContaining("no writable qcow2 image")
                    .hasMessageContaining("kdive boot");
        }
        Disk disk = new Disk(disk(), Disk.Access.READ_WRITE);
        try (Machine other = Machine.boot(small().extra(monitor).disk(disk).build(), Guest.PATIENCE);
                Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.attach(plan(other)));
            Checkpoint taken = take(guest, "a");
            guest.run(() -> guest.session.stepper().step());
            assertThat(guest.on(() -> guest.session.requireStop().pc())).isNotEqualTo(taken.pc());
            Stop back = guest.on(() -> guest.session.checkpoints().rewind(taken));
            assertThat(guest.on(back::pc)).isEqualTo(taken.pc());
            assertThatThrownBy(() -> guest.on(() -> {
                        guest.session.checkpoints().export(taken, work.resolve("a.kdive"), Map.of());
                        return true;
                    }))
                    .hasMessageContaining("kdive did not boot this machine");
        }
    }

    private AttachPlan plan(Machine machine) {
        return AttachPlan.stub(
                machine.gdb(), AttachPlan.endpoint("--qmp", "unix:" + work.resolve("other")), false, Optional::empty);
    }

    @Test
    void aMountedShareIsNamedAndIsNoHindranceOnceItIsUnmounted() throws Exception {
        Path share = Files.createDirectory(work.resolve("late"));
        Files.writeString(share.resolve("question"), "6 * 7");
        try (Guest guest = Guest.boot(BootRequest.of("debian-generic"))) {
            guest.on(guest.session::resume);
            expect(guest, "Hello Linux");
            guest.on(() -> guest.session.hypervisor().addShare(new Share(share, "late", Share.Access.MAPPED)));
            type(guest, "until cat /mnt/late/question; do sleep 1; done");
            expect(guest, "6 \\* 7");
            assertThatThrownBy(() -> take(guest, "a"))
                    .hasMessageContaining("the share late is mounted")
                    .hasMessageContaining("umount");
            assertThat(guest.session.isRunning()).isTrue();
            type(guest, "umount /mnt/late; echo do'ne'");
            expect(guest, "done");
            Checkpoint taken = take(guest, "a");
            Stop back = guest.on(() -> guest.session.checkpoints().rewind(taken));
            assertThat(guest.on(back::pc)).isEqualTo(taken.pc());
        }
    }

    private static void type(Guest guest, String line) {
        guest.on(() -> {
            guest.session.console().send((line + "\n").getBytes(UTF_8));
            return true;
        });
    }

    private static void expect(Guest guest, String words) {
        guest.on(() -> guest.session.expectations().console(Pattern.compile(words), Guest.PATIENCE));
    }
}
