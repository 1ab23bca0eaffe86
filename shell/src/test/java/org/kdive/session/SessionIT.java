package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.symbols.Symbol;

/** Run control on a stock Debian kernel with KASLR on. */
@Timeout(240)
final class SessionIT {
    @Test
    void stopsInStartKernelOfAStockKernelWhereverKaslrPutIt() {
        try (Guest guest = Guest.boot(1)) {
            Breakpoint pending = guest.breakAt("start_kernel");
            assertThat(pending.isPending()).isTrue();

            Stop stop = guest.resume();

            assertThat(stop.cause()).isEqualTo(new Cause.BreakpointHit(List.of(1), false));
            assertThat(guest.where(stop)).isEqualTo("start_kernel");
            byte[] banner = guest.on(() -> stop.memory().read(guest.evaluateHere("linux_banner"), 14));
            assertThat(new String(banner, StandardCharsets.US_ASCII)).isEqualTo("Linux version ");
            assertThat(guest.on(guest.session::explainSlide)).contains("write watchpoint");
        }
    }

    @Test
    void aKernelWithoutKaslrIsFoundAtItsLinkAddress() {
        try (Guest guest = Guest.boot(1, "nokaslr")) {
            Stop stop = guest.bootedTo("start_kernel");

            assertThat(guest.on(() -> guest.session.program().orElseThrow().slideBytes()))
                    .hasValue(0);
            assertThat(guest.where(stop)).isEqualTo("start_kernel");
        }
    }

    @Test
    void stepsOverItsOwnBreakpointAndOutOfFunctions() {
        try (Guest guest = Guest.boot(2)) {
            guest.bootedTo("start_kernel");
            guest.breakAt("do_sys_openat2");

            Stop first = guest.resume();
            Stop finished = guest.run(() -> guest.session.stepper().finish());
            String caller = guest.where(finished);
            Stop second = guest.resume();

            assertThat(caller).startsWith("__x64_sys_openat+");
            assertThat(guest.where(second)).isEqualTo("do_sys_openat2");
            assertThat(second.number()).isGreaterThan(first.number());
            assertThat(guest.on(() -> guest.session.breakpoints().require(2).hits()))
                    .isEqualTo(2);
        }
    }

    @Test
    void nextRunsACallToItsReturnAndStepGoesIn() {
        try (Guest guest = Guest.boot(1)) {
            Stop entry = guest.bootedTo("start_kernel");
            long pc = guest.on(entry::pc);

            Stop next = guest.run(() -> guest.session.stepper().next());
            assertThat(guest.on(next::pc)).isEqualTo(pc + 5);

            Stop step = guest.run(() -> guest.session.stepper().step());
            assertThat(guest.on(step::pc)).isEqualTo(pc + 7);
            assertThat(step.cause()).isInstanceOf(Cause.Arrived.class);
        }
    }

    @Test
    void aFalseConditionDoesNotStopAndATrueOneDoes() {
        try (Guest guest = Guest.boot(1)) {
            guest.bootedTo("start_kernel");
            guest.breakAt("strlen", "$rdi == 0");
            Breakpoint holds = guest.breakAt("memset", "$rdx > 8 && 1");

            Stop stop = guest.resume();

            assertThat(stop.cause()).isEqualTo(new Cause.BreakpointHit(List.of(holds.number()), false));
            assertThat(guest.evaluate("$rdx")).isGreaterThan(8);
        }
    }

    @Test
    void aWatchpointTellsWhoWrote() {
        try (Guest guest = Guest.boot(1)) {
            guest.bootedTo("start_kernel");
            guest.on(() -> guest.session.watch(BreakpointSpec.at(Stoppoint.Kind.WRITE, "jiffies"), OptionalLong.of(8)));

            Stop stop = guest.resume();

            assertThat(stop.cause()).isInstanceOf(Cause.WatchpointHit.class);
            assertThat(guest.where(stop)).matches("do_timer.*|tick_do_update_jiffies64.*|tick_periodic.*");
        }
    }

    @Test
    void aResetMovesTheKernelAndTheBreakpointsFollow() {
        try (Guest guest = Guest.boot(1)) {
            guest.breakAt("start_kernel");
            guest.resume();
            guest.on(() -> {
                guest.session.hypervisor().reset();
                return true;
            });
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> guest.on(() -> guest.session.requireStop().cause()) instanceof Cause.Start);
            assertThat(guest.on(() -> guest.session.breakpoints().require(1).isPending()))
                    .isTrue();

            Stop again = guest.resume();

            assertThat(guest.where(again)).isEqualTo("start_kernel");
            assertThat(guest.notices).anyMatch(line -> line.contains("reset"));
        }
    }

    @Test
    void aLoadedSnapshotIsTheTruthAtOnce() {
        try (Guest guest = Guest.boot(2)) {
            Stop before = guest.bootedTo("start_kernel");
            long pc = guest.on(before::pc);
            guest.on(() -> {
                guest.session.hypervisor().saveSnapshot("here");
                return true;
            });
            guest.bootedTo("do_sys_openat2");

            Stop restored = guest.on(() -> guest.session.hypervisor().loadSnapshot("here"));

            assertThat(restored.cause()).isEqualTo(new Cause.Restored("here"));
            assertThat(guest.on(restored::pc)).isEqualTo(pc);
            assertThat(guest.where(guest.bootedTo("do_sys_openat2"))).isEqualTo("do_sys_openat2");
        }
    }

    @Test
    void ctrlCStopsARunningGuestAndTheConsoleWentOn() {
        try (Guest guest = Guest.boot(1)) {
            guest.on(guest.session::resume);
            guest.on(() -> guest.session.expectations().console(Pattern.compile("Hello Linux"), Guest.PATIENCE));
            assertThat(guest.session.isRunning()).isTrue();

            guest.session.interrupt();
            await().atMost(Duration.ofSeconds(5)).until(() -> guest.on(guest.session::state) instanceof Stop);

            Stop stop = guest.on(guest.session::requireStop);
            assertThat(stop.cause()).isEqualTo(new Cause.Interrupted());
        }
    }

    @Test
    void aStopHeldAcrossAResumeIsStale() {
        try (Guest guest = Guest.boot(1)) {
            Stop first = guest.bootedTo("start_kernel");
            guest.run(() -> guest.session.stepper().step());

            assertThatThrownBy(() -> guest.on(first::registers))
                    .isInstanceOfSatisfying(
                            SessionException.class,
                            e -> assertThat(e.failure()).isInstanceOf(SessionFailure.StaleStop.class));
        }
    }

    @Test
    void aKilledQemuEndsTheSessionInOneLineWhateverItDid() {
        try (Guest stopped = Guest.boot(1);
                Guest running = Guest.boot(1)) {
            running.on(running.session::resume);

            for (Guest guest : List.of(stopped, running)) {
                long pid = guest.on(
                        () -> guest.session.hypervisor().requireMachine().pid());
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> guest.on(guest.session::state) instanceof SessionState.Ended);
                assertThat(guest.notices)
                        .filteredOn(line -> line.startsWith("ended:"))
                        .hasSize(1);
                assertThatThrownBy(() -> guest.on(guest.session::requireStop))
                        .isInstanceOfSatisfying(
                                SessionException.class,
                                e -> assertThat(e.failure()).isInstanceOf(SessionFailure.TargetGone.class));
            }
        }
    }

    @Test
    void anUnknownSymbolIsRefusedWithSuggestions() {
        try (Guest guest = Guest.boot(1)) {
            assertThatThrownBy(() -> guest.breakAt("start_kernal"))
                    .isInstanceOf(SessionException.class)
                    .hasMessageContaining("start_kernel");
        }
    }

    @Test
    void walksTheStackFromAFunctionThroughTheSystemCallToUserMode() {
        try (Guest guest = Guest.boot(1)) {
            Stop stop = guest.bootedTo("do_sys_openat2");

            List<String> names = guest.on(() -> stop.calls(20).frames().stream()
                    .map(frame -> stop.program()
                            .orElseThrow()
                            .symbolAt(frame.lookupPc())
                            .map(Symbol::name)
                            .orElse("user"))
                    .toList());

            assertThat(names)
                    .containsExactly(
                            "do_sys_openat2",
                            "__x64_sys_openat",
                            "do_syscall_64",
                            "entry_SYSCALL_64_after_hwframe",
                            "user");
        }
    }

    @Test
    void mappedMemoryAndTheStubGiveTheSameBytes() {
        try (Guest guest = Guest.boot(1)) {
            Stop stop = guest.bootedTo("do_sys_openat2");
            List<Long> pages = guest.on(() -> stop.program().orElseThrow().symbols().stream()
                    .map(symbol -> stop.program().orElseThrow().toRunTime(symbol.address()) & -StopMemory.PAGE_BYTES)
                    .distinct()
                    .toList());

            int compared = guest.on(() -> {
                StopMemory packets =
                        new StopMemory(guest.session.target().stub(), stop.thread(), Optional.empty(), Optional::empty);
                int count = 0;
                for (long page : pages) {
                    byte[] mapped = stop.memory().readPrefix(page, StopMemory.PAGE_BYTES);
                    assertThat(mapped)
                            .as("page at 0x%x", page)
                            .isEqualTo(packets.readPrefix(page, StopMemory.PAGE_BYTES));
                    count += mapped.length > 0 ? 1 : 0;
                }
                return count;
            });

            assertThat(compared).isGreaterThan(2000);
        }
    }
}
