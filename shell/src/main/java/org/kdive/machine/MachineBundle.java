package org.kdive.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.images.disk.DiskImage;
import org.kdive.images.disk.Qcow2Snapshot;

/**
 * One moment of a machine in one file, which opens elsewhere: a zip archive.
 *
 * <pre>
 * machine.properties    what was booted on what, by which QEMU; size and SHA-256 of the others
 * debugger.properties   what the debugger knew
 * kernel  initrd        what was booted
 * state.qcow2           the machine, as one snapshot; diskN.qcow2 what lay over its disks
 * report.txt            and whatever else is for people; nobody here reads it
 * </pre>
 *
 * <p>A bundle is from elsewhere and believed in nothing: no path, program or further word for QEMU comes from it. Disks are
 * not in it; whoever opens it gives them again.
 */
public final class MachineBundle {
    static final String FORMAT = "1";
    static final String STATE = "state.qcow2";
    static final String KERNEL = "kernel";
    static final String INITRD = "initrd";

    private static final Pattern WORD = Pattern.compile("[\\w.+-]{0,80}");
    // of a machine's properties some name files to be read or written
    private static final Pattern MACHINE =
            Pattern.compile("[\\w.+-]{1,80}(,(accel|acpi|gic-version|graphics|highmem[\\w-]*|"
                    + "hpet|its|mte|secure|smm|usb|virtualization|vmport|iommu|aia|aclint)=[\\w.-]{1,40})*");
    private static final Pattern CPU = Pattern.compile("[\\w.+-]{0,80}(,[+-]?[\\w.-]{1,60}(=[\\w.+-]{1,60})?)*");
    private static final long MOST_MIB = 1L << 20;
    private static final int MOST_CPUS = 512;

    private final Path file;
    private final BundleReader reader;
    private final HardwareProperties hardware;

    private MachineBundle(Path file, BundleReader reader) {
        this.file = file;
        this.reader = reader;
        this.hardware = new HardwareProperties(reader.machine());
    }

    /** Throws BadBundle when it is none, or a damaged one. */
    public static MachineBundle open(Path file) {
        MachineBundle bundle = new MachineBundle(file.toAbsolutePath(), BundleReader.of(file.toAbsolutePath()));
        bundle.check();
        return bundle;
    }

    private void check() {
        try {
            boolean fits = MACHINE.matcher(hardware.require("machine")).matches()
                    && CPU.matcher(hardware.require("cpu")).matches()
                    && WORD.matcher(tag()).matches()
                    && !tag().isEmpty()
                    && Long.parseLong(hardware.require("memory.mib")) <= MOST_MIB
                    && Integer.parseInt(hardware.require("cpus")) <= MOST_CPUS;
            if (!fits) {
                throw reader.bad("a machine that kdive would not make");
            }
            var unused = hardware.read().build();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw reader.bad("machine.properties: " + e.getMessage());
        }
    }

    public Path file() {
        return file;
    }

    /** The snapshot's name. */
    public String tag() {
        return hardware.require("tag");
    }

    /** The QEMU that saved it. */
    public String qemuVersion() {
        return hardware.require("qemu.version");
    }

    /** What the debugger knew, to be checked by who reads it. */
    public Properties debugger() {
        return reader.debugger();
    }

    /**
     * The machine to load it into. Unpacks kernel and initial root, by the names of their contents.
     *
     * @param qemu null: the architecture's
     * @param disks those that the machine had, in the same order
     * @param extra the words that were given to QEMU then: they must be the same
     * @param cache a directory of ours
     */
    public MachineSpec spec(@Nullable String qemu, List<Disk> disks, List<String> extra, Path cache) {
        requireSame(disks, extra);
        MachineSpec.Builder builder = hardware.read().extra(extra);
        if (qemu != null) {
            builder.qemu(qemu);
        }
        builder.shareSlots(Math.min(64, Integer.parseInt(hardware.require("share.slots"))));
        disks.forEach(builder::disk);
        builder.kernel(reader.unpackInto(cache, KERNEL));
        if (reader.has(INITRD)) {
            builder.initrd(reader.unpackInto(cache, INITRD));
        }
        return builder.build();
    }

    private void requireSame(List<Disk> disks, List<String> extra) {
        List<String> then = hardware.list("extra");
        if (!then.equals(extra)) {
            throw reader.bad(
                    then.isEmpty()
                            ? "it was booted without words for QEMU; leave out what is behind --"
                            : "it was booted with words for QEMU; if you trust them give them again: -- "
                                    + ShellWords.quote(then));
        }
        List<String> had = hardware.list("disk");
        if (had.size() != disks.size()) {
            throw reader.bad("it has %d disk%s, which are not in it: give each with --disk%s"
                    .formatted(
                            had.size(),
                            had.size() == 1 ? "" : "s",
                            had.isEmpty() ? "" : ": " + String.join(", ", had)));
        }
        for (int i = 0; i < had.size(); i++) {
            String now = diskWords(disks.get(i));
            if (!now.equals(had.get(i))) {
                throw reader.bad("disk %d was %s, and %s is %s"
                        .formatted(i + 1, had.get(i), disks.get(i).file(), now));
            }
        }
    }

    static String diskWords(Disk disk) {
        long bytes = Files.isReadable(disk.file()) ? DiskImage.read(disk.file()).virtualBytes() : -1;
        return "%s of %d bytes".formatted(disk.access() == Disk.Access.READ_ONLY ? "ro" : "scratch", bytes);
    }

    /** The machine's state, and what lay over its disks, for a QEMU that starts. */
    void unpack(MachineSpec spec, RunDirectory run) throws IOException {
        List<Path> images = new ArrayList<>(List.of(run.snapshotImage()));
        reader.unpack(STATE, run.snapshotImage());
        for (int i = 0; i < spec.disks().size(); i++) {
            if (spec.disks().get(i).access() == Disk.Access.SCRATCH) {
                reader.unpack(diskName(i), run.diskOverlay(i));
                images.add(run.diskOverlay(i));
            }
        }
        images.forEach(Qcow2Snapshot::requireAlone);
    }

    static String diskName(int index) {
        return "disk" + index + ".qcow2";
    }

    /** The way out when this QEMU cannot load it; empty when it is the one that saved it. */
    public Optional<String> otherQemu(String version) {
        return qemuVersion().equals(version)
                ? Optional.empty()
                : Optional.of("it was saved by QEMU %s, and this is %s; --qemu PROGRAM names the other"
                        .formatted(qemuVersion(), version));
    }
}
