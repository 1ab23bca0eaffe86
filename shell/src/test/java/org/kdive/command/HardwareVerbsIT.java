package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.session.BootRequest;

/** All that is asked of QEMU itself, on one guest that runs at its shell. */
@Timeout(240)
final class HardwareVerbsIT {
    @TempDir
    Path scratch;

    private final BootedGuest guest = BootedGuest.none();

    private String answer(String line) {
        return guest.answer(line);
    }

    @AfterEach
    void end() {
        guest.close();
    }

    @Test
    void qemuIsAskedCheckedAndFollowed() throws IOException {
        guest.boot(BootRequest.of("debian").withCpus(1).withQemuArguments(List.of("-device", "VGA")));
        asksBeforeTheFirstInstruction();
        answer("continue &");
        answer("expect console / # within 90s");
        plugsAndUnplugs();
        takesPictures();
        hearsTheConsole();
        pressesButtons();
    }

    private void asksBeforeTheFirstInstruction() {
        assertThat(answer("qmp --json query-status")).contains("\"status\":\"prelaunch\"");
        assertThatThrownBy(() -> answer("qmp query-stauts")).hasMessageContaining("did you mean");
        assertThat(guest.complete("qmp dump-guest-memory format=kd", 31).candidates())
                .contains("format=kdump-zlib");
        assertThat(guest.complete("monitor info mtr", 16).candidates()).containsExactly("mtree");
        assertThat(guest.complete("device add virtio-rng-p", 23).candidates()).contains("virtio-rng-pci");
        assertThat(guest.complete("sendkey ctrl-alt-dele", 21).candidates()).containsExactly("ctrl-alt-delete");
        assertThat(answer("qmp snapshot-save job-id=j tag=t vmstate=vm0 devices=vm0"))
                .contains("Job j is done");
        assertThatThrownBy(() -> answer("qmp snapshot-delete job-id=k tag=t devices=vm0,none"))
                .hasMessageContaining("QEMU's job k failed");
        assertThat(answer("qmp events JOB")).contains("\"status\":\"concluded\"");
        assertThat(answer("info block")).contains("vm0").contains("qcow2");
        assertThat(answer("info cpus")).contains("CPU 0").contains("host thread");
        assertThat(answer("info mtree")).contains("ioapic");
        assertThat(answer("info machine"))
                .containsPattern("(?m)^QEMU +\\d+\\.\\d+.*, process \\d+$")
                .containsPattern("(?m)^machine +pc-i440fx.* \\(pc\\)$")
                .containsPattern("(?m)^memory +512 MiB$")
                .containsPattern("(?m)^channels +gdb stub, QMP, console;");
        assertThat(answer("info mtree hpet").lines()).hasSize(1);
        assertThat(answer("info memory").lines())
                .anyMatch(line -> line.matches("0x0000100000-0x001fffffff +511 MiB +ram +ram"))
                .anyMatch(line -> line.contains("device") && line.contains("ioapic"));
        answer("expect event JOB_STATUS_CHANGE"); // each is met once: there are more
        answer("expect event JOB_STATUS_CHANGE");
        assertThatThrownBy(() -> answer("expect event DEVICE_DELETED within 200ms"))
                .hasMessageContaining("DEVICE_DELETED within");
        assertThatThrownBy(() -> answer("expect event DEVICE_DELETE")).hasMessageContaining("no such event");
    }

    private void plugsAndUnplugs() throws IOException {
        assertThatThrownBy(() -> answer("device add virtio-rng-pc")).hasMessageContaining("virtio-rng-pci?");
        assertThatThrownBy(() -> answer("device add virtio-rng-pci max-byte=4")).hasMessageContaining("max-bytes?");
        answer("device add virtio-rng-pci id=rng");
        assertThat(answer("info devices")).contains("id rng");
        answer("send \"until grep -q 0x1005 /sys/bus/pci/devices/*/device; do :; done; echo s''een\\n\"");
        answer("expect console seen within 60s");
        assertThat(answer("device del rng")).contains("rng is gone");
        answer("expect event DEVICE_DELETED");
        Path disk = Files.write(scratch.resolve("disk.img"), new byte[1 << 20]);
        assertThat(answer("disk add " + disk + " ro")).contains("disk0");
        assertThat(answer("info block")).contains(disk + " (read-only)");
        answer("send \"until grep -q 0x1001 /sys/bus/pci/devices/*/device; do :; done; echo d''isk\\n\"");
        answer("expect console disk within 60s");
        assertThat(answer("disk eject disk0")).contains("disk0 is gone");
        assertThat(answer("info block")).doesNotContain("disk0");
        assertThat(answer("qmp events DEVICE_DELETED")).contains("\"device\":\"rng\"");
    }

    private void takesPictures() throws IOException {
        Path png = scratch.resolve("screen.png");
        answer("screendump " + png);
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(300);
        Path core = scratch.resolve("guest.kdump");
        answer("dump guest " + core + " --format kdump-zlib");
        assertThat(beginning(core)).startsWith("KDUMP");
        assertThat(guest.isRunning()).isTrue();
        answer("interrupt");
        Path elf = scratch.resolve("guest.elf");
        answer("dump guest " + elf);
        assertThat(beginning(elf)).startsWith("\u007fELF");
        assertThat(guest.isRunning()).isFalse();
        assertThatThrownBy(() -> answer("dump guest " + scratch + "/no/x")).hasMessageContaining("cannot write into");
        answer("continue &");
    }

    private static String beginning(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(16), StandardCharsets.ISO_8859_1);
        }
    }

    private void hearsTheConsole() throws IOException {
        Path log = scratch.resolve("console.log");
        answer("set console-log " + log);
        answer("set console-timestamps on");
        answer("sysrq h");
        answer("expect console sysrq: HELP within 30s");
        assertThat(answer("console search /sysrq: HE(LP)/")).contains("sysrq: HELP");
        assertThat(answer("console tail 3").lines()).hasSizeLessThanOrEqualTo(3);
        assertThat(answer("show console-timestamps")).contains("on");
        answer("send dd if=/dev/urandom bs=4k count=16 2>/dev/null; echo fin''ished");
        answer("expect console finished within 60s");
        answer("set console-log off");
        assertThat(Files.size(log)).isGreaterThan(64 << 10);
        assertThat(answer("console search urandom")).contains("bs=4k");
        assertThatThrownBy(() -> answer("sysrq HELP")).hasMessageContaining("which key?");
        assertThatThrownBy(() -> answer("console search (")).hasMessageContaining("console search");
    }

    private void pressesButtons() {
        answer("sendkey ctrl");
        assertThatThrownBy(() -> answer("sendkey ctrl-delte")).hasMessageContaining("delete?");
        answer("nmi");
        answer("expect console NMI within 30s");
        answer("powerdown");
        assertThat(answer("qmp events POWERDOWN")).contains("POWERDOWN");
    }
}
