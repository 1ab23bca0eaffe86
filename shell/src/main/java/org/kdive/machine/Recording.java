package org.kdive.machine;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory with all that it takes to run a machine again, instruction for instruction.
 *
 * <pre>
 * machine.properties   what was booted, on what, by which QEMU; how many instructions it ran, once that is known
 * kernel  initrd       what was booted
 * log                  QEMU's record of all that came from outside
 * state.qcow2          the machine before its first instruction; diskN.qcow2 what lay over its disks
 * </pre>
 */
public record Recording(Path directory, Use use) {
    /** What the directory is for. */
    public enum Use {
        RECORD,
        /** The same, from a state on that lies there. */
        RECORD_ON,
        REPLAY
    }

    /** QEMU's snapshot of the machine before the first instruction of the recording. */
    public static final String START = "@start";

    private static final List<String> NETWORK = List.of("-net", "-netdev", "-nic");

    public Recording {
        directory = directory.toAbsolutePath().normalize();
    }

    public static Recording into(Path directory) {
        return new Recording(directory, Use.RECORD);
    }

    /** From the state on that {@link Machine#layRecording} has laid there. */
    public static Recording onInto(Path directory) {
        return new Recording(directory, Use.RECORD_ON);
    }

    /** Throws NoRecording, with the way out, when something else is there. */
    public static void requireFree(Path directory) {
        RecordingFiles.requireFree(into(directory).directory());
    }

    /** The machine that was recorded there, to be replayed. Throws NoRecording with the reason. */
    public static MachineSpec replayed(Path directory) {
        return RecordingFiles.read(directory);
    }

    /** How many instructions there are to replay. */
    public long instructions() {
        return RecordingFiles.length(this);
    }

    static Recording from(Path directory) {
        return new Recording(directory, Use.REPLAY);
    }

    public boolean isRecord() {
        return use != Use.REPLAY;
    }

    /** Whether its first instruction is not the machine's. */
    public boolean isMidway() {
        return isRecordOn() || use == Use.REPLAY && RecordingFiles.isMidway(this);
    }

    boolean isRecordOn() {
        return use == Use.RECORD_ON;
    }

    Path log() {
        return directory.resolve("log");
    }

    Path state() {
        return directory.resolve("state.qcow2");
    }

    Path overlay(int disk) {
        return directory.resolve("disk" + disk + ".qcow2");
    }

    Path kernel() {
        return directory.resolve("kernel");
    }

    Path initrd() {
        return directory.resolve("initrd");
    }

    Path facts() {
        return directory.resolve("machine.properties");
    }

    /**
     * The machine's type and properties. A new recording of a PC has no HPET: where that ticks, early in a boot, QEMU 10.0.2 comes
     * no further from a snapshot than to the next tick, tried in 16 places of 16.
     */
    String machineOf(MachineSpec spec) {
        boolean pc = spec.machineType().matches("(pc|q35)(-.*)?");
        boolean mayChoose = use == Use.RECORD && pc && !spec.machine().contains(",hpet=");
        return mayChoose ? spec.machine() + ",hpet=off" : spec.machine();
    }

    /** What QEMU cannot record is refused here, with the way out: some of it QEMU would accept and then diverge. */
    static void requireRecordable(
            int cpus,
            Accelerator accelerator,
            List<Disk> disks,
            List<Share> shares,
            @Nullable Firmware firmware,
            @Nullable Long seed,
            List<String> extra) {
        refuse(accelerator == Accelerator.KVM, "KVM counts no instructions; leave out --accel kvm");
        refuse(cpus > 1, "QEMU records one CPU only; leave out --cpus " + cpus);
        refuse(seed != null, "a recording repeats itself without a seed; leave out --seed");
        refuse(!shares.isEmpty(), "what is in a shared directory is in no log; put it into the root with --initrd");
        refuse(firmware != null, "the disk that U-Boot reads is in no log; leave out --bios");
        refuse(
                disks.stream().anyMatch(disk -> disk.access() == Disk.Access.READ_WRITE),
                "a disk must be as it was when it is replayed; leave out ,rw");
        extra.stream()
                .filter(NETWORK::contains)
                .forEach(word -> refuse(true, "what comes from a network is in no log; leave out " + word));
        refuse(extra.contains("-icount"), "kdive counts the instructions itself; leave out -icount");
    }

    private static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new MachineException("record: " + why, new MachineFailure.NotRecordable(why));
        }
    }
}
