package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.GuestArchitecture;
import org.kdive.machine.MachineException;
import org.kdive.machine.Recording;

/** A run is recorded, and runs again: the same, to the instruction. */
@Timeout(600)
final class ReplayIT {
    // a replay is slower than what it replays, most so while the kernel looks at clocks
    private static final Duration LONG = Duration.ofMinutes(4);

    private static final long MEMORY_BYTES = 192L << 20;

    private static final String LAST_TASK = "init_task.tasks.prev";

    @TempDir
    private Path work;

    @Test
    void x86RunsAgain() throws IOException {
        Emulators.require(GuestArchitecture.X86_64);
        Path recording = work.resolve("x86");
        Recorded seen = record(small("debian"), recording);
        replay(recording, seen);
        refusals(recording);
    }

    @Test
    void x86RunsAgainUnderTheNewerQemu() {
        Emulators.require(GuestArchitecture.X86_64);
        Path recording = work.resolve("newer");
        Recorded seen = record(small("debian").withQemu("backports"), recording);
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(BootPlan.replay(recording, null, null, Progress.silent())));
            guest.bootedTo("start_kernel");
            backAndForth(guest, seen);
            backToWhatIsSought(guest, seen);
        }
    }

    @Test
    void arm64RunsAgain() {
        Emulators.require(GuestArchitecture.AARCH64);
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(small("debian/arm64").plan(Progress.silent())));
            assertThatThrownBy(() -> guest.on(guest.session.recorder()::replay)).hasMessageContaining("record");
            guest.on(() -> guest.session.recorder().record(work.resolve("arm64"), false));
            Recorded seen = recorded(guest);
            Breakpoint kept = guest.breakAt("rest_init");

            Stop stop = guest.on(guest.session.recorder()::replay);

            assertThat(guest.where(stop)).isEqualTo("schedule_preempt_disabled");
            assertThat(now(guest)).isEqualTo(seen.idle() + 2);
            assertThat(guest.on(() -> guest.session.target().slideBytes())).isEqualTo(seen.slide());
            assertThat(guest.where(guest.on(() -> guest.session.history().continueBack())))
                    .isEqualTo("rest_init");
            guest.on(() -> {
                guest.session.breakpoints().delete(kept.number());
                return guest.session.history().goTo(0);
            });
            replayed(guest, seen);
        }
    }

    /** What was seen while it was recorded. */
    private record Recorded(long startKernel, long slide, long restInit, long sp, long idle) {}

    private static Recorded record(BootRequest request, Path into) {
        BootPlan plain = request.plan(Progress.silent());
        BootPlan plan =
                new BootPlan(plain.spec().with(Recording.into(into)), plain.architecture(), true, plain.kernel());
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(plan));
            return recorded(guest);
        }
    }

    private static Recorded recorded(Guest guest) {
        Stop start = guest.bootedTo("start_kernel");
        long startKernel = guest.on(start::pc);
        assertThatThrownBy(() -> guest.on(() -> guest.session.evaluate("*(long *)$sp = 1")))
                .hasMessageContaining("without --record");
        Stop rest = guest.bootedTo("rest_init");
        long restInit = guest.on(rest::pc);
        long sp = guest.on(() -> rest.registers().sp());
        guest.bootedTo("schedule_preempt_disabled");
        long idle = now(guest) - 1; // the last moment that can be shown
        return new Recorded(startKernel, guest.on(() -> guest.session.target().slideBytes()), restInit, sp, idle - 1);
    }

    // no root is ever looked for before rest_init
    private static BootRequest small(String kernel) {
        return BootRequest.of(kernel)
                .withInitrd("none")
                .withMemoryBytes(MEMORY_BYTES)
                .withCpus(1);
    }

    private static void replay(Path from, Recorded seen) {
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(BootPlan.replay(from, null, null, Progress.silent())));
            replayed(guest, seen);
            survivesAHang(guest);
        }
    }

    // a QEMU that hangs is replaced: that may happen, once
    private static void replayed(Guest guest, Recorded seen) {
        try {
            replayedOnce(guest, seen);
        } catch (SessionException e) {
            if (!String.valueOf(e.getMessage()).contains("was replaced")) {
                throw e;
            }
            guest.on(() -> {
                guest.session.breakpoints().deleteAll();
                return guest.session.history().goTo(0);
            });
            replayedOnce(guest, seen);
        }
    }

    private static void replayedOnce(Guest guest, Recorded seen) {
        Stop start = guest.bootedTo("start_kernel");
        assertThat(guest.on(start::pc)).isEqualTo(seen.startKernel());
        assertThat(guest.on(() -> guest.session.target().slideBytes())).isEqualTo(seen.slide());

        backAndForth(guest, seen);
        backToWhatIsSought(guest, seen);
        sameBothWays(guest);
        guest.on(() -> {
            guest.session.breakpoints().deleteAll();
            return guest.session.history().goTo(guest.session.history().total().orElseThrow() - 1000);
        });

        Stop end = guest.resume();

        assertThat(end.cause()).isEqualTo(new Cause.NoMoreHistory(true));
        assertThat(guest.on(() -> end.registers().sp())).isNotZero();
        assertThatThrownBy(() -> guest.on(() -> guest.session.resume()))
                .hasMessageContaining("the recording ends here");
    }

    /** A stop as it is the same in both directions; forwards a watchpoint stops behind the instruction that wrote. */
    private record Seen(long instruction, String why) {}

    // rest_init makes two tasks before the recording ends
    private static void sameBothWays(Guest guest) {
        guest.on(() -> {
            guest.session.breakpoints().deleteAll();
            guest.session.place(
                    BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "rest_init").withFate(Fate.DELETE));
            return guest.session.history().continueBack();
        });
        long from = now(guest);
        long before = guest.evaluate(LAST_TASK);
        Breakpoint plain = guest.breakAt("copy_process");
        guest.breakAt("wake_up_new_task", "%s != %d".formatted(LAST_TASK, before));
        guest.breakAt("wake_up_new_task", "%s == %d".formatted(LAST_TASK, before));
        guest.on(() -> guest.session.watch(BreakpointSpec.at(Stoppoint.Kind.WRITE, LAST_TASK), OptionalLong.empty()));
        guest.on(() -> {
            guest.session.breakpoints().commands(plain.number(), List.of("print 1"));
            return true;
        });

        List<Seen> forwards = forwards(guest);
        List<Seen> back = back(guest, forwards.size());

        assertThat(forwards).extracting(Seen::why).hasSizeGreaterThanOrEqualTo(5);
        assertThat(back).containsExactlyElementsOf(forwards);
        assertThat(guest.on(() -> guest.session.breakpoints().require(plain.number()))
                        .hits())
                .isEqualTo(4);
        ignored(guest, plain, from, forwards);
    }

    // the first hits on the way are passed over, whichever way that is; a temporary one stops once
    private static void ignored(Guest guest, Breakpoint plain, long from, List<Seen> all) {
        List<Long> hits = all.stream()
                .filter(one -> one.why().contains("[%d]".formatted(plain.number())))
                .map(Seen::instruction)
                .toList();
        assertThat(hits).hasSize(2);
        guest.on(() -> {
            guest.session.breakpoints().deleteAll();
            return guest.session.history().goTo(from);
        });
        Breakpoint late = guest.breakAt("copy_process");
        guest.on(() -> {
            guest.session.breakpoints().ignore(late.number(), 1);
            return true;
        });
        assertThat(guest.resume().cause()).isEqualTo(new Cause.BreakpointHit(List.of(late.number()), false));
        assertThat(now(guest)).isEqualTo(hits.get(1));
        assertThat(guest.resume().cause()).isEqualTo(new Cause.NoMoreHistory(true));
        guest.on(() -> {
            guest.session.breakpoints().ignore(late.number(), 1);
            return guest.session.history().continueBack();
        });
        assertThat(now(guest)).isEqualTo(hits.get(0));
        guest.on(() -> {
            guest.session.breakpoints().deleteAll();
            guest.session.place(
                    BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "copy_process").withFate(Fate.DELETE));
            return guest.session.history().goTo(hits.get(1) + 1);
        });
        assertThat(guest.on(() -> guest.session.history().continueBack()).cause())
                .isInstanceOfSatisfying(
                        Cause.BreakpointHit.class,
                        hit -> assertThat(hit.temporary()).isTrue());
        assertThat(now(guest)).isEqualTo(hits.get(1));
        assertThat(guest.on(() -> guest.session.breakpoints().all())).isEmpty();
    }

    private static List<Seen> forwards(Guest guest) {
        List<Seen> all = new ArrayList<>();
        for (Stop stop = guest.resume(); !(stop.cause() instanceof Cause.NoMoreHistory); stop = guest.resume()) {
            boolean written = stop.cause() instanceof Cause.WatchpointHit;
            all.add(new Seen(now(guest) - (written ? 1 : 0), why(stop, false)));
        }
        return all;
    }

    private static List<Seen> back(Guest guest, int count) {
        List<Seen> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Stop stop = guest.on(() -> guest.session.history().continueBack());
            all.add(0, new Seen(now(guest), why(stop, true)));
        }
        return all;
    }

    private static String why(Stop stop, boolean back) {
        if (stop.cause() instanceof Cause.WatchpointHit hit) {
            Cause.Watched seen = hit.hits().get(0);
            long earlier = (back ? seen.now() : seen.before()).orElseThrow().bits();
            long later = (back ? seen.before() : seen.now()).orElseThrow().bits();
            return "watchpoint %d: %x to %x".formatted(seen.number(), earlier, later);
        }
        return stop.cause() + " " + stop.aftermath();
    }

    /** A QEMU that says nothing any more, as one does that has lost its lock. */
    private static void survivesAHang(Guest guest) {
        guest.on(() -> guest.session.history().goTo(1_000_000));
        Breakpoint kept = guest.breakAt("start_kernel");
        long pc = guest.on(() -> guest.session.requireStop().pc());
        long hung = guest.on(() -> guest.session.hypervisor().requireMachine().pid());
        stop(hung);

        assertThatThrownBy(() -> guest.on(() -> guest.session.history().stepBack(1)))
                .hasMessageContaining("stands at instruction 1000000 again");

        assertThat(guest.notices).anyMatch(line -> line.startsWith("QEMU hangs in its replay"));
        assertThat(ProcessHandle.of(hung).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(now(guest)).isEqualTo(1_000_000);
        assertThat(guest.on(() -> guest.session.requireStop().pc())).isEqualTo(pc);
        Stop stop = guest.resume();
        assertThat(stop.cause()).isEqualTo(new Cause.BreakpointHit(List.of(kept.number()), false));
    }

    private static void stop(long pid) {
        try {
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // the guest stands in start_kernel
    private static void backAndForth(Guest guest, Recorded seen) {
        long start = now(guest);
        Stop stepped = guest.run(() -> guest.session.stepper().step());
        assertThat(now(guest)).isEqualTo(start + 1);
        long second = guest.on(stepped::pc);
        Stop called = guest.run(() -> guest.session.stepper().next());
        long third = guest.on(called::pc);

        Stop back = guest.on(() -> guest.session.history().nextBack());

        assertThat(guest.on(back::pc)).isEqualTo(second);
        assertThat(back.cause()).isEqualTo(new Cause.Arrived("reverse-nexti"));
        assertThat(now(guest)).isEqualTo(start + 1);
        Stop first = guest.on(() -> guest.session.history().stepBack(1));
        assertThat(guest.on(first::pc)).isEqualTo(seen.startKernel());
        assertThat(now(guest)).isEqualTo(start);
        guest.on(() -> guest.session.history().goTo(start + 40));
        Stop again = guest.on(() -> guest.session.history().stepBack(40));
        assertThat(guest.on(again::pc)).isEqualTo(seen.startKernel());
        guest.run(() -> guest.session.stepper().step());
        assertThat(guest.on(guest.run(() -> guest.session.stepper().next())::pc))
                .isEqualTo(third);
    }

    private static void backToWhatIsSought(Guest guest, Recorded seen) {
        Breakpoint there = guest.breakAt("rest_init");
        Stop rest = guest.on(() -> guest.session.resume().await(LONG)).orElseThrow();
        assertThat(guest.where(rest)).isEqualTo("rest_init");
        assertThat(waypoints(guest)).isGreaterThan(1);
        guest.on(() -> {
            guest.session.breakpoints().delete(there.number());
            return true;
        });
        long here = now(guest);
        long pc = guest.on(rest::pc);
        assertThat(pc).isEqualTo(seen.restInit());
        assertThat(guest.on(() -> rest.registers().sp())).isEqualTo(seen.sp());
        Breakpoint print = guest.breakAt("_printk");
        Stop last = guest.on(() -> guest.session.history().continueBack());
        assertThat(last.cause()).isEqualTo(new Cause.BreakpointHit(List.of(print.number()), false));
        assertThat(guest.where(last)).isEqualTo("_printk");
        guest.on(() -> {
            guest.session.breakpoints().ignore(print.number(), 2);
            return true;
        });
        guest.on(() -> guest.session.history().continueBack());
        long fourthLast = now(guest);
        guest.resume();
        guest.resume();
        guest.resume();
        assertThat(guest.on(() -> guest.session.requireStop().pc())).isEqualTo(guest.on(() -> print(guest)));
        guest.on(() -> {
            guest.session.breakpoints().condition(print.number(), "1 == 0");
            return true;
        });
        Stop nothing = guest.on(() -> guest.session.history().continueBack());
        assertThat(nothing.cause()).isEqualTo(new Cause.NoMoreHistory(false));
        assertThat(now(guest)).isZero();
        guest.on(() -> guest.session.history().goTo(fourthLast));
        assertThat(guest.where(guest.on(guest.session::requireStop))).isEqualTo("_printk");

        Stop caller = guest.on(() -> guest.session.history().finishBack());
        assertThat(now(guest)).isLessThan(fourthLast);
        assertThat(guest.where(caller)).doesNotContain("_printk");
        guest.on(() -> guest.session.history().goTo(here));
        assertThat(guest.on(() -> guest.session.requireStop().pc())).isEqualTo(pc);
        writers(guest, seen.idle());
    }

    private static long print(Guest guest) {
        return guest.session.resolve("_printk").get(0);
    }

    // rest_init makes the first two tasks, each of which is the last in the list of all then
    private static void writers(Guest guest, long afterwards) {
        guest.on(() -> guest.session.history().goTo(afterwards));
        long newest = guest.evaluate(LAST_TASK);
        History.Writer writer =
                guest.on(() -> guest.session.history().whoWrote(LAST_TASK)).orElseThrow();
        assertThat(writer.after().orElseThrow().bits()).isEqualTo(newest);
        long second = writer.before().orElseThrow().bits();
        assertThat(second).isNotEqualTo(newest);
        assertThat(guest.evaluate(LAST_TASK)).isEqualTo(second);
        guest.on(() -> guest.session.history().goTo(writer.from()));
        Breakpoint watch = guest.on(
                () -> guest.session.watch(BreakpointSpec.at(Stoppoint.Kind.WRITE, LAST_TASK), OptionalLong.empty()));
        assertThat(written(guest, watch).before().orElseThrow().bits()).isEqualTo(newest);
        assertThat(now(guest)).isEqualTo(writer.instruction());
        assertThat(written(guest, watch).before().orElseThrow().bits()).isEqualTo(second);
        assertThat(guest.evaluate(LAST_TASK)).isNotEqualTo(second);
    }

    private static Cause.Watched written(Guest guest, Breakpoint watch) {
        Stop stop = guest.on(() -> guest.session.history().continueBack());
        assertThat(stop.cause()).isInstanceOf(Cause.WatchpointHit.class);
        List<Cause.Watched> hits = ((Cause.WatchpointHit) stop.cause()).hits();
        assertThat(hits).extracting(Cause.Watched::number).containsExactly(watch.number());
        assertThat(guest.evaluate(LAST_TASK))
                .isEqualTo(hits.get(0).now().orElseThrow().bits());
        return hits.get(0);
    }

    private static int waypoints(Guest guest) {
        return guest.on(() -> guest.session.target().recorded().waypoints().count());
    }

    private static long now(Guest guest) {
        return guest.on(() -> guest.session.history().now("when"));
    }

    private static void refusals(Path from) throws IOException {
        assertThatThrownBy(() -> BootPlan.replay(from, "debian/arm64", null, Progress.silent()))
                .hasMessageContaining("another kernel");
        Path facts = from.resolve("machine.properties");
        Files.writeString(facts, Files.readString(facts).replaceAll("(?m)^instructions=.*$", ""));
        assertThatThrownBy(() -> BootPlan.replay(from, null, null, Progress.silent()))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("never finished");
    }
}
