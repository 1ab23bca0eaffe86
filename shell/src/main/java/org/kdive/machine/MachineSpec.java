package org.kdive.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What to boot, and on what. Immutable; made by {@link #builder}.
 *
 * @param qemu a name looked for on the path, or a path
 * @param kernel null: nothing is booted but the firmware
 * @param initrd null: none
 * @param firmware null: QEMU loads the kernel itself
 * @param append the kernel's command line, word by word
 * @param machine QEMU's machine type, with properties after commas if any
 * @param cpu empty: QEMU's own default
 * @param seed null: the guest's time and randomness are the host's; else the same seed gives the same run (TCG only)
 * @param shareSlots how many directories can be shared after launch, as many again read-only
 * @param recording null: the run is neither recorded nor replayed
 * @param snapshots whether there is a qcow2 node {@link #SNAPSHOT_NODE} to save machine states in
 * @param extra words for QEMU put last, as they are
 */
public record MachineSpec(
        GuestArchitecture architecture,
        String qemu,
        @Nullable Path kernel,
        @Nullable Path initrd,
        @Nullable Firmware firmware,
        List<String> append,
        long memoryBytes,
        int cpus,
        String machine,
        String cpu,
        Accelerator accelerator,
        List<Disk> disks,
        List<Share> shares,
        int shareSlots,
        @Nullable Long seed,
        @Nullable Recording recording,
        boolean snapshots,
        List<String> extra) {
    /** The block node that snapshots are saved in; attached to no device. */
    public static final String SNAPSHOT_NODE = "vm0";

    /** QEMU's node of a disk, as the guest sees it. */
    static String diskNode(int index) {
        return "disk" + index;
    }

    /**
     * The nodes that a snapshot of the machine is made of, the one for its state first. Disks whose files the guest may
     * write to are not among them: those files are the user's.
     */
    public List<String> snapshotNodes() {
        List<String> nodes = new ArrayList<>(List.of(SNAPSHOT_NODE));
        for (int i = 0; i < disks.size(); i++) {
            if (disks.get(i).access() == Disk.Access.SCRATCH) {
                nodes.add(diskNode(i));
            }
        }
        return nodes;
    }

    static final long MIB = 1 << 20;

    public MachineSpec {
        append = List.copyOf(append);
        disks = List.copyOf(disks);
        shares = List.copyOf(shares);
        extra = List.copyOf(extra);
        if (memoryBytes < MIB || memoryBytes % MIB != 0) {
            throw new IllegalArgumentException("memory of %d bytes: it must be whole MiB".formatted(memoryBytes));
        }
        if (cpus < 1) {
            throw new IllegalArgumentException("%d CPUs: at least one".formatted(cpus));
        }
        if (seed != null && accelerator == Accelerator.KVM) {
            throw new IllegalArgumentException("a seed needs TCG: KVM counts no instructions");
        }
        refuseToDetach(extra);
        if (recording != null) {
            Recording.requireRecordable(cpus, accelerator, disks, shares, firmware, seed, extra);
        }
    }

    // A QEMU that has left its process group is one that nobody can promise to end.
    private static void refuseToDetach(List<String> extra) {
        for (String word : extra) {
            if (word.equals("-daemonize") || word.equals("--daemonize")) {
                throw new IllegalArgumentException(word + ": QEMU would outlive kdive");
            }
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    public Optional<Path> findKernel() {
        return Optional.ofNullable(kernel);
    }

    public Optional<Recording> findRecording() {
        return Optional.ofNullable(recording);
    }

    /** The same machine, recorded or replayed. Nothing can be shared with it later: a share's files are in no log. */
    public MachineSpec with(Recording value) {
        return like(qemu, value.machineOf(this), 0, value);
    }

    /** The same machine under another QEMU. */
    public MachineSpec withQemu(String program) {
        return like(program, machine, shareSlots, recording);
    }

    private MachineSpec like(String program, String board, int slots, @Nullable Recording use) {
        return new MachineSpec(
                architecture,
                program,
                kernel,
                initrd,
                firmware,
                append,
                memoryBytes,
                cpus,
                board,
                cpu,
                accelerator,
                disks,
                shares,
                slots,
                seed,
                use,
                use != null || snapshots,
                extra);
    }

    public OptionalLong findSeed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /** The machine type without its properties. */
    public String machineType() {
        int comma = machine.indexOf(',');
        return comma < 0 ? machine : machine.substring(0, comma);
    }

    /** The whole command line, program first. Never passes through a shell. */
    public List<String> commandLine(RunDirectory run) {
        return new QemuCommandLine(this, run).words();
    }

    /** The command line as a POSIX shell would have to be given it, on one line. */
    public String quotedCommandLine(RunDirectory run) {
        return ShellWords.quote(commandLine(run));
    }

    /** Where the first serial line is, in the kernel's words. */
    public String consoleDevice() {
        return architecture.consoleDevice();
    }

    /** Starts from a small {@code pc} under TCG: one CPU, 512 MiB, a snapshot node, four share slots. */
    public static final class Builder {
        private GuestArchitecture architecture = GuestArchitecture.X86_64;
        private @Nullable String qemu; // null: the architecture's
        private @Nullable Path kernel; // null: none
        private @Nullable Path initrd; // null: none
        private @Nullable Firmware firmware; // null: none but QEMU's own
        private final List<String> append = new ArrayList<>();
        private long memoryBytes = 512 * MIB;
        private int cpus = 1;
        private @Nullable String machine; // null: the architecture's
        private @Nullable String cpu; // null: the architecture's, or the host's under KVM
        private Accelerator accelerator = Accelerator.TCG;
        private final List<Disk> disks = new ArrayList<>();
        private final List<Share> shares = new ArrayList<>();
        private int shareSlots = 4;
        private @Nullable Long seed; // null: not deterministic
        private boolean snapshots = true;
        private final List<String> extra = new ArrayList<>();

        private Builder() {}

        public Builder architecture(GuestArchitecture architecture) {
            this.architecture = architecture;
            return this;
        }

        public Builder qemu(String program) {
            this.qemu = program;
            return this;
        }

        public Builder kernel(Path kernel) {
            this.kernel = kernel;
            return this;
        }

        public Builder initrd(Path initrd) {
            this.initrd = initrd;
            return this;
        }

        /** The kernel, its root and its command line are given to QEMU no more: they are on the firmware's disk. */
        public Builder firmware(Firmware firmware) {
            this.firmware = firmware;
            return this;
        }

        public Builder append(String... words) {
            append.addAll(List.of(words));
            return this;
        }

        public Builder memoryBytes(long bytes) {
            this.memoryBytes = bytes;
            return this;
        }

        public Builder cpus(int cpus) {
            this.cpus = cpus;
            return this;
        }

        public Builder machine(String type) {
            this.machine = type;
            return this;
        }

        public Builder cpu(String model) {
            this.cpu = model;
            return this;
        }

        public Builder accelerator(Accelerator accelerator) {
            this.accelerator = accelerator;
            return this;
        }

        public Builder disk(Disk disk) {
            disks.add(disk);
            return this;
        }

        public Builder share(Share share) {
            shares.add(share);
            return this;
        }

        public Builder shareSlots(int slots) {
            this.shareSlots = slots;
            return this;
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        public Builder snapshots(boolean wanted) {
            this.snapshots = wanted;
            return this;
        }

        public Builder extra(List<String> words) {
            extra.addAll(words);
            return this;
        }

        public MachineSpec build() {
            String model = accelerator == Accelerator.KVM ? "host" : architecture.defaultCpu();
            return new MachineSpec(
                    architecture,
                    qemu == null ? architecture.qemu() : qemu,
                    kernel,
                    initrd,
                    firmware,
                    append,
                    memoryBytes,
                    cpus,
                    machine == null ? architecture.defaultMachine() : machine,
                    cpu == null ? model : cpu,
                    accelerator,
                    disks,
                    shares,
                    shareSlots,
                    seed,
                    null,
                    snapshots,
                    extra);
        }
    }
}
