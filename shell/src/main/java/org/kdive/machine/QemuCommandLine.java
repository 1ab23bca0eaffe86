package org.kdive.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Turns a {@link MachineSpec} into QEMU's words. Every word is chosen to work from QEMU 7.2 on. */
final class QemuCommandLine {
    /** The memory backend's name, and so what QEMU's memory tree calls the guest's RAM. */
    static final String RAM = "ram";

    /** Devices that can be hot-plugged on a PCIe machine: each needs a root port of its own. */
    static final int ROOT_PORTS = 8;

    // hw/arm/virt.c: RAM starts at 1 GiB, and without highmem nothing is beyond 4 GiB
    private static final long MOST_LOW_BYTES = 3L << 30;

    private final MachineSpec spec;
    private final RunDirectory run;
    private final List<String> words = new ArrayList<>();

    QemuCommandLine(MachineSpec spec, RunDirectory run) {
        this.spec = spec;
        this.run = run;
    }

    List<String> words() {
        add(spec.qemu());
        add("-nodefaults", "-no-user-config", "-display", "none");
        // Stopped before the first instruction; a panic pauses, so that there is something to look at.
        add("-S", "-action", "panic=pause");
        // a triple fault leaves no other trace, nor does a snapshot that another monitor loads
        add("-D", run.resetLog().toString(), "-d", "cpu_reset");
        hardware();
        channels();
        blocks();
        plugs();
        shares();
        kernel();
        determinism();
        spec.findRecording().ifPresent(this::recording);
        words.addAll(spec.extra());
        return List.copyOf(words);
    }

    private boolean isX86() {
        return spec.architecture() == GuestArchitecture.X86_64 || spec.architecture() == GuestArchitecture.I386;
    }

    private void add(String... more) {
        words.addAll(List.of(more));
    }

    private void hardware() {
        long mib = spec.memoryBytes() / MachineSpec.MIB;
        add("-machine", spec.machine() + lowBus() + ",memory-backend=" + RAM);
        add("-accel", spec.accelerator().word());
        if (!spec.cpu().isEmpty()) {
            add("-cpu", spec.cpu());
        }
        add("-smp", Integer.toString(spec.cpus()), "-m", mib + "M");
        // A memfd has no name to leave behind, and share=on lets GuestMemory read it while the guest runs.
        add("-object", "memory-backend-memfd,id=" + RAM + ",size=" + mib + "M,share=on");
    }

    /**
     * A 32-bit kernel without LPAE finds no PCI bus whose configuration space is beyond 4 GiB, where virt has it unless
     * told otherwise (seen with Debian's armmp: "can't claim ECAM area").
     */
    private String lowBus() {
        String type = spec.machineType();
        boolean plain = (type.equals("virt") || type.startsWith("virt-"))
                && !spec.machine().contains("highmem=");
        boolean fits = spec.memoryBytes() <= MOST_LOW_BYTES;
        return spec.architecture() == GuestArchitecture.ARM && plain && fits ? ",highmem=off" : "";
    }

    // QEMU connects to our listeners for QMP and console, so neither can be missed or raced; the stub it opens itself.
    private void channels() {
        add("-chardev", "socket,id=qmp,path=" + value(run.qmpSocket()));
        add("-mon", "chardev=qmp,mode=control");
        // A recorded write must never be put off: a socket is full after some hundred single bytes, a pipe after 65536.
        add(
                "-chardev",
                spec.findRecording().isPresent()
                        ? "pipe,id=" + Machine.CONSOLE_CHARDEV + ",path=" + value(run.consolePipe())
                        : "socket,id=" + Machine.CONSOLE_CHARDEV + ",path=" + value(run.consoleSocket()));
        add("-serial", "chardev:" + Machine.CONSOLE_CHARDEV);
        add("-chardev", "socket,id=gdb,path=" + value(run.gdbSocket()) + ",server=on,wait=off");
        add("-gdb", "chardev:gdb");
    }

    private void blocks() {
        // others have it added once QEMU runs: QmpSnapshots.openScratch
        if (spec.snapshots() && spec.findRecording().isPresent()) {
            add(
                    "-blockdev",
                    "driver=qcow2,node-name=" + MachineSpec.SNAPSHOT_NODE
                            + ",cache.no-flush=on,file.driver=file,file.filename=" + value(snapshotImage()));
        }
        for (int i = 0; i < spec.disks().size(); i++) {
            disk(i, spec.disks().get(i));
            String node = MachineSpec.diskNode(i);
            if (spec.findRecording().isPresent()) {
                // what completes when is in the log
                add("-blockdev", "driver=blkreplay,node-name=recorded%d,image=%s".formatted(i, node));
                node = "recorded" + i;
            }
            add("-device", "virtio-blk-pci,drive=" + node);
        }
    }

    /** A recording keeps its own; a replay works on a copy, so that it can be replayed again. */
    private Path snapshotImage() {
        return spec.findRecording()
                .filter(Recording::isRecord)
                .map(Recording::state)
                .orElseGet(run::snapshotImage);
    }

    private Path overlay(int disk) {
        return spec.findRecording()
                .filter(Recording::isRecord)
                .map(recording -> recording.overlay(disk))
                .orElseGet(() -> run.diskOverlay(disk));
    }

    private void disk(int i, Disk disk) {
        boolean scratch = disk.access() == Disk.Access.SCRATCH;
        add(
                "-blockdev",
                "driver=%s,node-name=%s,read-only=%s,file.driver=file,file.filename=%s"
                        .formatted(
                                disk.driver(),
                                scratch ? "original" + i : MachineSpec.diskNode(i),
                                disk.access() == Disk.Access.READ_WRITE ? "off" : "on",
                                value(disk.file())));
        if (scratch) {
            add(
                    "-blockdev",
                    "driver=qcow2,node-name=%s,backing=original%d,cache.no-flush=on,file.driver=file,file.filename=%s"
                            .formatted(MachineSpec.diskNode(i), i, value(overlay(i))));
        }
    }

    private void plugs() {
        if (!hasPci()) {
            return;
        }
        // pcie.0 refuses hot-plugging, a root port takes one device; pc plugs into pci.0 itself.
        for (int i = 0; hasRootPorts(spec) && i < ROOT_PORTS; i++) {
            add("-device", "pcie-root-port,id=" + rootPort(i) + ",chassis=" + (i + 1) + ",slot=" + (i + 1));
        }
        add("-device", "pvpanic-pci");
        if (spec.architecture() != GuestArchitecture.RISCV64) {
            add("-device", "vmcoreinfo");
        }
    }

    static String rootPort(int index) {
        return "port" + index;
    }

    private void shares() {
        for (int i = 0; i < spec.shares().size(); i++) {
            Share share = spec.shares().get(i);
            add("-fsdev", fsdev("share" + i, share.directory(), share.access()));
            add("-device", "virtio-9p-pci,id=share%d,fsdev=share%d,mount_tag=%s".formatted(i, i, share.tag()));
        }
        // QEMU has no fsdev-add, but opens the path only when a device takes it: see Shares.
        for (int i = 0; hasPci() && i < spec.shareSlots(); i++) {
            for (Share.Access access : Share.Access.values()) {
                add("-fsdev", fsdev(access.slot(i), run.shareSlot(access, i), access));
            }
        }
    }

    private static String fsdev(String id, Path directory, Share.Access access) {
        return "local,id=%s,path=%s,%s,multidevs=remap".formatted(id, value(directory), access.options());
    }

    private void kernel() {
        if (spec.firmware() != null) {
            firmware(spec.firmware());
            return;
        }
        if (spec.kernel() != null) {
            add("-kernel", spec.kernel().toAbsolutePath().toString());
        }
        if (spec.initrd() != null) {
            add("-initrd", spec.initrd().toAbsolutePath().toString());
        }
        if (!spec.append().isEmpty()) {
            add("-append", String.join(" ", spec.append()));
        }
    }

    private void firmware(Firmware firmware) {
        add("-bios", firmware.file().toAbsolutePath().toString());
        add(
                "-blockdev",
                "driver=raw,node-name=boot,read-only=on,file.driver=file,file.filename=" + value(firmware.bootDisk()));
        add("-device", "virtio-blk-device,drive=boot");
    }

    private void determinism() {
        if (spec.seed() == null) {
            return;
        }
        add("-seed", Long.toUnsignedString(spec.seed()));
        // Time is counted in instructions, from a fixed day: nothing of the host's clock is left.
        add("-icount", "shift=7,sleep=off", "-rtc", "clock=vm,base=2024-01-01");
    }

    private void recording(Recording recording) {
        add(
                "-icount",
                "shift=auto,rr=%s,rrfile=%s,rrsnapshot=%s"
                        .formatted(
                                recording.isRecord() ? "record" : "replay", value(recording.log()), Recording.START));
        if (recording.isRecordOn()) {
            add("-loadvm", Recording.START); // and saves it again, with its log at its beginning
        }
        // A guest that powers itself off would end QEMU, and how long the log is would not be known.
        add("-action", "shutdown=pause");
        if (isX86()) {
            // QEMU 7.2 hangs for ever going back with it: seen four times of four
            add("-global", "apic-common.vapic=off");
        }
    }

    /** Whether the machine is one whose PCI bus we know. Others get only what the user asks for. */
    private boolean hasPci() {
        return isPcie() || isPc(spec.machineType());
    }

    private static boolean isPc(String type) {
        return type.equals("pc") || type.startsWith("pc-i440fx-");
    }

    private boolean isPcie() {
        return isPcie(spec.machineType());
    }

    /**
     * Whether there are root ports to plug devices into. They need MSI, and QEMU refuses them on an arm machine whose
     * third-generation interrupt controller has no ITS (seen with 7.2).
     */
    static boolean hasRootPorts(MachineSpec spec) {
        List<String> properties = List.of(spec.machine().split(","));
        boolean withoutMessages = properties.contains("its=off")
                && properties.stream().anyMatch(property -> property.matches("gic-version=(3|4|max)"));
        return isPcie(spec.machineType()) && !withoutMessages;
    }

    /** Whether the machine's bus is PCIe. */
    static boolean isPcie(String type) {
        return type.equals("q35") || type.startsWith("pc-q35-") || type.equals("virt") || type.startsWith("virt-");
    }

    /** A path as one value inside a comma-separated option: QEMU reads a doubled comma as one. */
    private static String value(Path path) {
        return path.toAbsolutePath().toString().replace(",", ",,");
    }
}
