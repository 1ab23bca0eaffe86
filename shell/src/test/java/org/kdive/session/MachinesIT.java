package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.arch.Instruction;
import org.kdive.machine.GuestArchitecture;

/** The machines people describe: each stops in start_kernel on its way to its last line. */
@Timeout(240)
final class MachinesIT {
    private static final String HELLO = "Hello Linux\\s+This boot took [0-9.]+ seconds";

    /** What is given to boot; the rest is the default. */
    private static final class Wanted {
        private final String kernel;
        private @Nullable String initrd; // null: busybox
        private long memoryBytes;
        private int cpus = 1;
        private @Nullable String machine; // null: the architecture's
        private @Nullable String cpu; // null: the architecture's
        private List<String> qemuArguments = List.of();

        private Wanted(String kernel) {
            this.kernel = kernel;
        }

        private Wanted withoutRoot() {
            initrd = "none";
            return this;
        }

        private Wanted on(String type, @Nullable String model, int processors, int mib) {
            machine = type;
            cpu = model;
            cpus = processors;
            memoryBytes = (long) mib << 20;
            return this;
        }

        private Wanted with(String... words) {
            qemuArguments = List.of(words);
            return this;
        }

        private Guest boot() {
            return Guest.boot(BootRequest.of(kernel)
                    .withInitrd(initrd)
                    .withMemoryBytes(memoryBytes)
                    .withCpus(cpus)
                    .withMachine(machine)
                    .withCpu(cpu)
                    .withQemuArguments(qemuArguments));
        }
    }

    @Test
    void x86OnQ35() {
        Emulators.require(GuestArchitecture.X86_64);
        try (Guest guest = new Wanted("debian").on("q35", null, 2, 512).boot()) {
            stopsInStartKernel(guest);
            assertThat(guest.on(guest.session::explainSlide)).contains("write watchpoint");
            steps(guest);
            runsTo(guest, HELLO);
            guest.on(() -> guest.session.expectations().console(Pattern.compile("/ # "), Guest.PATIENCE));
            guest.session.console().send("echo $((6 * 7))-$(uname -m)\n".getBytes(StandardCharsets.US_ASCII));
            guest.on(() -> guest.session.expectations().console(Pattern.compile("42-x86_64"), Guest.PATIENCE));
        }
    }

    @Test
    void arm64WithSecureWorldAndHypervisor() {
        Emulators.require(GuestArchitecture.AARCH64);
        Wanted wanted = new Wanted("debian/arm64")
                .on("virt,gic-version=3,its=off,secure=on,virtualization=on", "cortex-a53", 4, 2048);
        try (Guest guest = wanted.boot()) {
            stopsInStartKernel(guest);
            assertThat(guest.on(guest.session::explainSlide)).contains("__primary_switched");
            assertThat(guest.on(() -> program(guest).slideBytes().orElseThrow()))
                    .isNotZero();
            steps(guest);
            guest.breakAt("start_kernel");
            runsTo(guest, HELLO);
            stopsInStartKernelAfterAResetWhileItRuns(guest);
        }
    }

    @Test
    void arm64WithoutARootEndsInAPanicThatIsExplained() {
        Emulators.require(GuestArchitecture.AARCH64);
        try (Guest guest = new Wanted("debian/arm64")
                .on("virt", "cortex-a57", 2, 512)
                .withoutRoot()
                .boot()) {
            stopsInStartKernel(guest);
            watchesWrites(guest);
            runsTo(guest, "VFS: Unable to mount root fs on [^\r\n]*\r?\n");
            explains(guest, "--initrd FILE");
        }
    }

    @Test
    void armhfOnVirt() {
        Emulators.require(GuestArchitecture.ARM);
        try (Guest guest = new Wanted("debian/armhf").boot()) {
            stopsInStartKernel(guest);
            assertThat(guest.on(() -> program(guest).slideBytes())).hasValue(0);
            steps(guest);
            runsTo(guest, HELLO);
        }
    }

    @Test
    void versatileWithItsDeviceTree() {
        Emulators.require(GuestArchitecture.ARM);
        Wanted wanted = new Wanted(SmallKernels.require("zImage-6.1-versatile"))
                .on("versatilepb", "arm926", 1, 128)
                .with("-dtb", SmallKernels.require("versatile-pb.dtb"));
        try (Guest guest = wanted.boot()) {
            stopsInStartKernel(guest);
            steps(guest);
            runsTo(guest, HELLO);
        }
    }

    @Test
    void riscv64WithoutARoot() {
        Emulators.require(GuestArchitecture.RISCV64);
        try (Guest guest = new Wanted(SmallKernels.require("Image.gz-6.1-riscv64"))
                .withoutRoot()
                .boot()) {
            stopsInStartKernel(guest);
            steps(guest);
            runsTo(guest, "No working init found[^\r\n]*\r?\n");
            explains(guest, "rdinit=");
        }
    }

    /** The place, the symbol and the slide: all that is known of the kernel agrees with what is in the guest's memory. */
    private static void stopsInStartKernel(Guest guest) {
        agreesWithTheImage(guest, guest.bootedTo("start_kernel"), "start_kernel");
    }

    static void agreesWithTheImage(Guest guest, Stop stop, String where) {
        assertThat(guest.where(stop)).isEqualTo(where);
        KernelImage image = guest.on(() -> program(guest).image());
        long banner = guest.on(
                () -> program(guest).toRunTime(image.bannerLinkAddress().orElseThrow()));
        byte[] expected = image.banner().orElseThrow().getBytes(StandardCharsets.ISO_8859_1);
        assertThat(guest.on(() -> stop.memory().read(banner, expected.length))).isEqualTo(expected);
        long pc = guest.on(stop::pc);
        List<Instruction> code = guest.on(() -> stop.code(pc, 4));
        assertThat(code).hasSize(4);
        assertThat(code.get(0).bytes())
                .isEqualTo(guest.on(() -> stop.memory().read(pc, code.get(0).length())));
        assertThat(guest.evaluate("$sp")).isNotZero();
        assertThat(guest.evaluate("$pc")).isEqualTo(pc);
    }

    /** Steps go where the code goes; a function is entered, left, and has its caller. */
    private static void steps(Guest guest) {
        Stop start = guest.on(guest.session::requireStop);
        Instruction first = guest.on(() -> start.code(start.pc(), 1).get(0));
        Stop next = guest.run(() -> guest.session.stepper().next());
        assertThat(guest.on(next::pc)).isEqualTo(first.next());

        Stop inside = guest.bootedTo("proc_root_init");
        assertThat(guest.on(() -> inside.calls(8).frames()))
                .hasSizeGreaterThan(1)
                .anySatisfy(frame -> assertThat(name(guest, frame.lookupPc())).isEqualTo("start_kernel"));
        Stop back = guest.run(() -> guest.session.stepper().finish());
        assertThat(name(guest, guest.on(back::pc))).isEqualTo("start_kernel");
        assertThat(guest.on(back::pc)).isEqualTo(guest.on(() -> back.registers().pc()));
    }

    /** Each write stops once, when it has happened, although the processor says so before. */
    private static void watchesWrites(Guest guest) {
        // saved by start_kernel, then by what it calls
        Breakpoint watch = guest.on(
                () -> guest.session.watch(BreakpointSpec.at(Stoppoint.Kind.WRITE, "$sp - 16"), OptionalLong.of(8)));
        Stop first = guest.resume();
        long firstPc = guest.on(first::pc);
        Instruction writer = guest.on(() -> first.code(firstPc - 4, 1).get(0));
        assertThat(first.cause()).isInstanceOfSatisfying(Cause.WatchpointHit.class, hit -> {
            Cause.Watched seen = hit.hits().get(0);
            assertThat(seen.number()).isEqualTo(watch.number());
            assertThat(seen.isChanged()).isTrue();
        });
        assertThat(writer.mnemonic()).startsWith("st");

        Stop second = guest.resume();

        assertThat(guest.on(second::pc)).isNotEqualTo(firstPc);
        guest.on(() -> {
            guest.session.breakpoints().delete(watch.number());
            return true;
        });
    }

    private static void stopsInStartKernelAfterAResetWhileItRuns(Guest guest) {
        assertThat(guest.session.isRunning()).isTrue();
        guest.on(() -> {
            guest.session.hypervisor().reset();
            return true;
        });
        await().atMost(Guest.PATIENCE).until(() -> guest.on(guest.session::state) instanceof Stop);
        Stop stop = guest.on(guest.session::requireStop);
        assertThat(stop.cause()).isInstanceOf(Cause.BreakpointHit.class);
        assertThat(guest.where(stop)).isEqualTo("start_kernel");
    }

    private static String name(Guest guest, long address) {
        return guest.on(() -> program(guest).symbolAt(address).orElseThrow().name());
    }

    private static Program program(Guest guest) {
        return guest.session.program().orElseThrow();
    }

    private static void runsTo(Guest guest, String lastLine) {
        guest.on(guest.session::resume);
        guest.on(() -> guest.session.expectations().console(Pattern.compile(lastLine), Guest.PATIENCE));
    }

    // the notice comes on the console's thread, which may be behind
    private static void explains(Guest guest, String part) {
        await().atMost(Guest.PATIENCE).until(() -> guest.notices.stream().anyMatch(line -> line.contains(part)));
    }
}
