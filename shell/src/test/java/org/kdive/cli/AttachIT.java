package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspOptions;
import org.kdive.qmp.QmpClient;

/** {@code kdive attach} to a QEMU started by hand, its stock kernel up and KASLR on. */
@Timeout(300)
final class AttachIT {
    private static final Pattern SLIDE = Pattern.compile("KASLR slide (0x[0-9a-f]+), read off the interrupt table");

    @TempDir
    private static Path machine;

    private static ForeignQemu qemu;

    @TempDir
    private Path directory;

    @BeforeAll
    static void bootByHand() throws Exception {
        qemu = ForeignQemu.boot(machine, "debian", "ttyS0", "qemu-system-x86_64");
    }

    @AfterAll
    static void endIt() {
        if (qemu != null) {
            qemu.close();
        }
    }

    private static String endpoint(String name) {
        return qemu.endpoint(name);
    }

    private static QmpClient monitor() {
        return QmpClient.connect(UnixDomainSocketAddress.of(machine.resolve("qmp2")), Duration.ofSeconds(10));
    }

    private static boolean isRunning(QmpClient monitor) {
        return monitor.call("query-status", Map.of()).flag("running");
    }

    /** Timers fire all the time in it: had a breakpoint been left at them, the guest would not run on. */
    private static void assertRunsOn() {
        try (QmpClient monitor = monitor()) {
            Awaitility.await("runs on")
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> isRunning(monitor));
        }
        assertThat(qemu.isAlive()).isTrue();
    }

    private KdiveProcess attach(boolean withQmp) throws Exception {
        List<String> words = new ArrayList<>(List.of("attach", "--gdb", endpoint("gdb"), "--kernel", "debian"));
        if (withQmp) {
            words.addAll(List.of("--qmp", endpoint("qmp")));
        }
        return KdiveProcess.start(directory, words.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void findsTheSlideStopsAtABreakpointAndLeavesNoTrace(boolean withQmp) throws Exception {
        try (KdiveProcess kdive = attach(withQmp)) {
            kdive.type("""
                    x/s linux_banner
                    break hrtimer_interrupt
                    continue
                    expect stop hrtimer_interrupt
                    continue
                    expect stop hrtimer_interrupt
                    quit
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            Matcher slide = SLIDE.matcher(kdive.err());
            assertThat(slide.find()).as(kdive.err()).isTrue();
            assertThat(kdive.out()).contains("<linux_banner>:\t\"Linux version ", "in hrtimer_interrupt ()");
        }
        assertRunsOn();
    }

    @Test
    void twoWaysToTheSlideAgree() throws Exception {
        try (KdiveProcess kdive = attach(false)) {
            kdive.type("info kaslr\nquit\n");
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.out())
                    .containsPattern("read off the interrupt table, banner checked\n {2}vmcoreinfo: KERNELOFFSET is 0x"
                            + "[0-9a-f]+: agrees\n {2}vmcoreinfo: _stext is at 0x[0-9a-f]+: agrees\n"
                            + " {2}vmcoreinfo: build-id [0-9a-f]{40}, the image's\n");
        }
        assertRunsOn();
    }

    @Test
    void findsTheKernelInMemoryWhereNoImageIsGiven() throws Exception {
        try (KdiveProcess kdive = KdiveProcess.start(directory, "attach", "--gdb", endpoint("gdb"))) {
            kdive.type("""
                    info kaslr
                    print init_task.comm
                    print sizeof(struct task_struct) > 1000
                    info tasks
                    break hrtimer_interrupt
                    continue
                    expect stop hrtimer_interrupt
                    backtrace
                    quit
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.err())
                    .containsPattern("found in the guest's memory: Linux [0-9].*, [0-9]{5} symbols, types");
            assertThat(kdive.out())
                    .containsPattern(
                            "told by the guest's vmcoreinfo\n {2}mapped from .*: agrees\n {2}banner: Linux version")
                    .contains(
                            "$1 = \"swapper", "$2 = 1", "[kthreadd]", "hrtimer_interrupt ()", "asm_sysvec_apic_timer");
        }
        assertRunsOn();
    }

    @Test
    void looksThroughTheMonitorAloneAndChangesNothing() throws Exception {
        try (KdiveProcess kdive = KdiveProcess.start(directory, "attach", "--qmp", endpoint("qmp"))) {
            kdive.type("""
                    info kaslr
                    info tasks
                    print init_task.comm
                    print/x $efer & 0x500
                    backtrace
                    break hrtimer_interrupt
                    stepi
                    set var jiffies = 0
                    continue &
                    interrupt
                    info threads
                    quit
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.err())
                    .contains("QMP alone: memory comes by memsave, slowly")
                    .containsPattern("found in the guest's memory: Linux [0-9].*, [0-9]{5} symbols, types")
                    .containsPattern("(?s)(no breakpoints, steps or writes through QEMU's monitor.*){3}");
            assertThat(kdive.out())
                    .containsPattern("told by the guest's vmcoreinfo\n {2}mapped from .*: agrees\n")
                    .contains("[kthreadd]", "$1 = \"swapper", "$2 = 0x500", "Interrupted", "Thread 1 (CPU#0)");
        }
        assertRunsOn();
    }

    @Test
    void opensTheStubThatQemuHasNotAndClosesItAgain() throws Exception {
        try (QmpClient other = monitor()) {
            try (KdiveProcess kdive =
                    KdiveProcess.start(directory, "attach", "--qmp", endpoint("qmp"), "--start-stub")) {
                assertThat(kdive.end()).isEqualTo(2);
                assertThat(kdive.err()).contains("this QEMU has a gdb stub already", "attach to it with --gdb");
            }
            gdbserver(other, "none");
            try {
                try (KdiveProcess kdive =
                        KdiveProcess.start(directory, "attach", "--qmp", endpoint("qmp"), "--start-stub")) {
                    kdive.type("break hrtimer_interrupt\ncontinue\nexpect stop hrtimer_interrupt\nquit\n");
                    assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
                    assertThat(kdive.err()).contains("QEMU opened its gdb stub at ");
                }
                assertThat(other.call("query-chardev", Map.of()).list())
                        .noneMatch(device -> device.text("label").equals("gdb"));
            } finally {
                gdbserver(other, endpoint("gdb") + ",server=on,wait=off");
            }
        }
        assertRunsOn();
    }

    private static void gdbserver(QmpClient monitor, String device) {
        monitor.call("human-monitor-command", Map.of("command-line", "gdbserver " + device));
    }

    @Test
    void refusesTheImageOfAnotherKernel() throws Exception {
        Path other = ForeignQemu.withAnotherBuildId("debian", directory.resolve("vmlinux"));
        try (KdiveProcess kdive =
                KdiveProcess.start(directory, "attach", "--gdb", endpoint("gdb"), "--kernel", other.toString())) {
            assertThat(kdive.end()).isEqualTo(2);
            assertThat(kdive.err()).contains("vmlinux is not the kernel of this guest: its build-id is ");
        }
        assertRunsOn();
    }

    @Test
    void leavesARunningGuestWithoutItsBreakpoints() throws Exception {
        try (KdiveProcess kdive = attach(true)) {
            kdive.type("break panic\ncontinue &\necho runs\\n\n");
            kdive.awaitOut("runs\n");
            assertThat(kdive.end()).as(kdive.err()).isZero(); // the end of what is typed
        }
        assertRunsOn();
    }

    @Test
    void aSignalLeavesTheGuestRunningToo() throws Exception {
        try (KdiveProcess kdive = attach(true)) {
            kdive.type("break hrtimer_interrupt\ncontinue\necho stopped\\n\nexpect console never within 100s\n");
            kdive.awaitOut("stopped\n");
            kdive.signal("INT");
            assertThat(kdive.end()).as(kdive.err()).isEqualTo(130);
        }
        assertRunsOn();
    }

    @Test
    void aGuestFoundStoppedStaysStopped() throws Exception {
        try (QmpClient other = monitor()) {
            other.call("stop", Map.of());
            try (KdiveProcess kdive = attach(true)) {
                kdive.type("x/s linux_banner\nquit\n");
                assertThat(kdive.end()).as(kdive.err()).isZero();
            }
            assertThat(isRunning(other)).isFalse();
            other.call("cont", Map.of());
        }
        assertRunsOn();
    }

    @Test
    void anotherMonitorsStopAndContAreToldAndTrue() throws Exception {
        try (QmpClient other = monitor();
                KdiveProcess kdive = attach(true)) {
            kdive.type("continue &\necho runs\\n\n");
            kdive.awaitOut("runs\n");
            other.call("stop", Map.of());
            kdive.awaitOut("=> 0x"); // the stop nobody here asked for
            Awaitility.await().until(() -> kdive.out().split("=> 0x", -1).length > 2);
            kdive.type("p $rip\n");
            kdive.awaitOut("$1 = ");
            other.call("cont", Map.of());
            kdive.awaitErr("the guest was resumed from outside");
            kdive.type("p $rip\ninterrupt\nquit\n");
            assertThat(kdive.end()).as(kdive.err()).isZero(); // quit says so
            assertThat(kdive.err()).contains("the guest is running").doesNotContain("did not stop");
        }
        assertRunsOn();
    }

    @Test
    void aStubThatAnotherClientHoldsIsOneLineAfterItsDeadline() throws Exception {
        try (RspClient holder =
                        RspClient.connect(UnixDomainSocketAddress.of(machine.resolve("gdb")), RspOptions.defaults());
                KdiveProcess kdive = attach(false)) {
            assertThat(kdive.end()).as(kdive.err()).isEqualTo(4);
            assertThat(kdive.err())
                    .contains("greet the stub at unix:" + machine.resolve("gdb"), "does another debugger hold it?")
                    .hasLineCount(1);
            holder.detach().join();
        }
        // The connection that gave up is still in QEMU's queue. QEMU takes it now and stops the guest for it (7.2).
        try (QmpClient other = monitor()) {
            Awaitility.await("runs again")
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        boolean running = isRunning(other);
                        if (!running) {
                            other.call("cont", Map.of());
                        }
                        return running;
                    });
        }
    }
}
