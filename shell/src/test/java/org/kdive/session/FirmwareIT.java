package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.disk.DiskImage;
import org.kdive.images.disk.RootDisk;
import org.kdive.images.fetch.Progress;
import org.kdive.images.initramfs.Content;
import org.kdive.images.initramfs.FileTree;
import org.kdive.machine.Disk;
import org.kdive.machine.GuestArchitecture;

/** A stock kernel that U-Boot loads from a disk. */
@Timeout(120)
final class FirmwareIT {
    @TempDir
    private Path directory;

    private static BootRequest request(String kernel, String bios, String machine, List<Disk> disks) {
        return BootRequest.of(kernel)
                .withAppend(List.of("quiet"))
                .withCpus(2)
                .withMachine(machine)
                .withDisks(disks)
                .withBios(bios);
    }

    @Test
    void uBootLoadsTheKernelUpToStartKernel() {
        Emulators.require(GuestArchitecture.AARCH64);
        Path other = directory.resolve("other.qcow2");
        FileTree tree =
                FileTree.builder().file("the-users-own", 0644, Content.of("1")).build();
        new RootDisk(tree).write(other, DiskImage.Format.QCOW2, 8 << 20);
        List<Disk> disks = List.of(new Disk(other, Disk.Access.READ_WRITE));
        try (Guest guest = Guest.boot(request("debian/arm64", "u-boot", "virt,virtualization=on", disks))) {
            Breakpoint start = guest.breakAt("start_kernel");
            assertThat(guest.on(start::isPending)).isTrue();
            Running running = guest.on(guest.session::resume);

            says(guest, "U-Boot 20[^\\r\\n]*");
            says(guest, "stop autoboot");
            type(guest, "");
            says(guest, "=> ");
            type(guest, "virtio scan; virtio info; ls virtio 1; ls virtio 0:1");
            says(guest, "(?s)Device 0: QEMU VirtIO Block Device.*Device 1: 1af4 VirtIO Block Device");
            says(guest, "the-users-own");
            says(guest, "(?s)Image.*extlinux.*initrd.*=> ");
            type(guest, "boot");
            says(guest, "Starting kernel");

            Stop stop = guest.on(() -> running.await(Guest.PATIENCE)).orElseThrow();
            MachinesIT.agreesWithTheImage(guest, stop, "start_kernel");
            assertThat(guest.on(() -> stop.program().orElseThrow().slideBytes().orElseThrow()))
                    .isNotZero();
            assertThat(guest.on(guest.session::explainSlide)).contains("__primary_switched");
            assertThat(guest.on(() ->
                            guest.session.breakpoints().require(start.number()).hits()))
                    .isEqualTo(1);
        }
    }

    private static void type(Guest guest, String line) {
        guest.session.console().send((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void says(Guest guest, String pattern) {
        guest.on(() -> guest.session.expectations().console(Pattern.compile(pattern), Guest.PATIENCE));
    }

    @ParameterizedTest
    @CsvSource({
        "debian, u-boot, pc, no firmware path for x86_64 kernels",
        "debian/arm64, /nowhere/u-boot.bin, virt, no such file",
        "debian/arm64, /, virt, a directory",
        "debian/arm64, u-boot, raspi3b, U-Boot is for the machine virt",
        "debian/arm64, u-boot, 'virt,secure=on', with secure=on U-Boot by itself can start one CPU"
    })
    void saysWhatHasNoFirmwarePath(String kernel, String bios, String machine, String why) {
        assertThatThrownBy(() -> request(kernel, bios, machine, List.of()).plan(Progress.silent()))
                .isInstanceOf(SessionException.class)
                .hasMessageStartingWith("bios " + bios + ": ")
                .hasMessageContaining(why);
    }
}
