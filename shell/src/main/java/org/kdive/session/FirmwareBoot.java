package org.kdive.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.disk.BootDisk;
import org.kdive.images.fetch.Cache;
import org.kdive.images.fetch.FirmwareFetcher;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Firmware;
import org.kdive.machine.MachineSpec;

/**
 * The kernel started by U-Boot and not by QEMU.
 *
 * @param bios a file, or {@code u-boot} for the distribution's
 */
record FirmwareBoot(String bios, Progress progress) {
    private static final String U_BOOT = "u-boot";
    private static final String MACHINE = "virt";

    /** Asked for first: nothing is fetched or made for a machine that cannot be. */
    Path file(Architecture guest) {
        if (!FirmwareFetcher.hasUBoot(guest)) {
            throw unsupported("no firmware path for %s kernels, only for arm64; QEMU's own -bios can stand after --"
                    .formatted(guest.label()));
        }
        Path file = Path.of(bios);
        if (bios.equals(U_BOOT) && !Files.exists(file)) {
            return FirmwareFetcher.ofUser().uBoot(guest, progress);
        }
        String obstacle = !Files.exists(file)
                ? "no such file; " + U_BOOT + " names the distribution's"
                : Files.isDirectory(file) ? "a directory" : Files.isReadable(file) ? "" : "permission denied";
        if (!obstacle.isEmpty()) {
            throw new SessionException("bios %s: %s".formatted(bios, obstacle), new SessionFailure.Io(bios));
        }
        return file.toAbsolutePath();
    }

    /** The disk is kept for the next boot of the same kernel with the same root and words. */
    Firmware of(Path file, MachineSpec machine) {
        String type = machine.machineType();
        if (!type.equals(MACHINE) && !type.startsWith(MACHINE + "-")) {
            throw unsupported("U-Boot is for the machine %s, not for %s".formatted(MACHINE, type));
        }
        // It runs at EL3 then, where no firmware has parked the other processors: all of them run U-Boot at once.
        if (bios.equals(U_BOOT) && machine.cpus() > 1 && machine.machine().contains("secure=on")) {
            throw unsupported(
                    "with secure=on U-Boot by itself can start one CPU, not %d; give --cpus 1 or leave secure out"
                            .formatted(machine.cpus()));
        }
        Path kernel = machine.findKernel().orElseThrow();
        BootDisk disk = new BootDisk(kernel, Optional.ofNullable(machine.initrd()), String.join(" ", machine.append()));
        Path shelf = Cache.ofUser(System.getenv()).root().resolve("bootdisks");
        return new Firmware(file, disk.in(shelf));
    }

    private SessionException unsupported(String why) {
        return new SessionException("bios %s: %s".formatted(bios, why), new SessionFailure.Unsupported("firmware"));
    }
}
