package org.kdive.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Disk;
import org.kdive.machine.GuestArchitecture;

/** The machine and the debugger go back together, and what is shown then is true. */
@Timeout(240)
final class CheckpointIT {
    @Test
    void everythingIsAsItWasHereAndElsewhere(@TempDir Path work) {
        try (Guest guest = Guest.boot(2)) {
            Checkpoint first = take(guest, "reset");
            Stop start = guest.bootedTo("start_kernel");
            long pc = guest.on(start::pc);
            Breakpoint opens = guest.breakAt("do_sys_openat2", "1");
            guest.on(() -> {
                guest.session.define("x", 5);
                guest.session.breakpoints().ignore(opens.number(), 2);
                return true;
            });
            long jiffies = guest.evaluate("*(unsigned long *)&jiffies_64");
            List<Long> calls = calls(guest, start);
            Checkpoint second = take(guest, "start");
            assertThat(second.parent()).isEqualTo(OptionalInt.of(first.number()));
            assertThat(second.where()).contains("<start_kernel>");
            Path file = work.resolve("start.kdive");
            guest.on(() -> {
                guest.session.checkpoints().export(second, file, Map.of());
                return true;
            });

            guest.resume();
            assertThat(number(guest, opens).hits()).isEqualTo(3);
            guest.on(() -> {
                guest.session.define("x", 6);
                return true;
            });
            guest.breakAt("panic");
            assertThat(guest.evaluate("*(unsigned long *)&jiffies_64")).isNotEqualTo(jiffies);
            Difference since = guest.on(() -> guest.session.checkpoints().compare(second));
            assertThat(since.registers()).extracting(Difference.Change::name).contains("rip");
            assertThat(since.pages().orElseThrow()).isGreaterThan(100);
            assertThat(since.owners()).containsKeys("kernel data", "other RAM");
            assertThat(since.tasks().came()).anyMatch(task -> task.startsWith("1 "));
            guest.on(() -> guest.session.checkpoints().rewindKeepingValues(second));
            assertThat(guest.evaluate("$x")).isEqualTo(6);

            Stop back = guest.on(() -> guest.session.checkpoints().rewind(second));

            assertThat(back.cause()).isEqualTo(new Cause.Rewound("start"));
            assertThat(guest.on(back::pc)).isEqualTo(pc);
            assertThat(guest.evaluate("*(unsigned long *)&jiffies_64")).isEqualTo(jiffies);
            assertThat(guest.on(() -> guest.session.checkpoints().compare(second))
                            .registers())
                    .isEmpty();
            assertThat(guest.on(() -> guest.session.checkpoints().compare(second))
                            .pages())
                    .hasValue(0);
            assertThat(guest.evaluate("$x")).isEqualTo(5);
            assertThat(calls(guest, back)).isEqualTo(calls);
            assertThat(number(guest, opens).hits()).isZero();
            assertThat(number(guest, opens).ignores()).isEqualTo(2);
            assertThat(guest.on(() -> guest.session.breakpoints().all())).hasSize(1);
            // the stop says so itself
            assertThat(guest.notices).noneMatch(line -> line.contains("rewound to start"));
            assertThat(guest.where(guest.resume())).isEqualTo("do_sys_openat2");
            assertThat(number(guest, opens).hits()).isEqualTo(3);

            // before KASLR had chosen: what is planted waits for it again
            Stop reset = guest.on(() -> guest.session.checkpoints().rewind(first));
            assertThat(guest.on(() -> guest.session.require().slide().isSettled()))
                    .isFalse();
            assertThat(guest.on(() -> guest.session.breakpoints().all())).isEmpty();
            assertThat(guest.on(reset::pc)).isEqualTo(first.pc());
            assertThat(guest.where(guest.bootedTo("start_kernel"))).isEqualTo("start_kernel");
            opensElsewhere(file, pc, jiffies, calls);
        }
    }

    private static void opensElsewhere(Path file, long pc, long jiffies, List<Long> calls) {
        try (Guest other = Guest.idle()) {
            BootPlan plan = BootPlan.checkpoint(file, null, List.of(), List.of(), Progress.silent());
            Stop there = other.on(() -> other.session.boot(plan));
            assertThat(other.on(there::pc)).isEqualTo(pc);
            assertThat(other.where(there)).isEqualTo("start_kernel");
            assertThat(calls(other, there)).isEqualTo(calls);
            assertThat(other.evaluate("*(unsigned long *)&jiffies_64")).isEqualTo(jiffies);
            assertThat(other.evaluate("$x")).isEqualTo(5);
            Breakpoint opens =
                    other.on(() -> other.session.breakpoints().all().iterator().next());
            assertThat(opens.ignores()).isEqualTo(2);
            assertThat(other.where(other.resume())).isEqualTo("do_sys_openat2");
            assertThat(number(other, opens).hits()).isEqualTo(3);
            Checkpoint again = other.on(() -> other.session.checkpoints().require("start"));
            assertThat(other.on(() -> other.session.checkpoints().rewind(again)).cause())
                    .isEqualTo(new Cause.Rewound("start"));
            assertThat(number(other, opens).hits()).isZero();
        }
    }

    @Test
    void aRunningGuestGoesOnAndComesBack() {
        try (Guest guest = Guest.boot(1)) {
            guest.on(guest.session::resume);
            guest.on(() -> guest.session.expectations().console(Pattern.compile("Hello Linux"), Guest.PATIENCE));

            Checkpoint taken = take(guest, null);

            assertThat(guest.session.isRunning()).isTrue();
            guest.on(() -> {
                guest.session.console().send("echo so$((1+1))far\n".getBytes(UTF_8));
                return guest.session.expectations().console(Pattern.compile("so2far"), Guest.PATIENCE);
            });
            Stop back = guest.on(() -> guest.session.checkpoints().rewind(taken));
            assertThat(guest.on(back::pc)).isEqualTo(taken.pc());
            assertThat(guest.session.console().mark().orElseThrow().words()).isEqualTo("rewound to " + taken.name());
            assertThatThrownBy(() -> guest.on(() ->
                            guest.session.expectations().console(Pattern.compile("so2far"), Duration.ofSeconds(1))))
                    .hasMessageContaining("did not say");
            guest.on(guest.session::resume);
            guest.on(() -> {
                guest.session.console().send("echo so$((1+2))far\n".getBytes(UTF_8));
                return guest.session.expectations().console(Pattern.compile("so3far"), Guest.PATIENCE);
            });
        }
    }

    @Test
    void arm64GoesBackToo(@TempDir Path work) {
        Emulators.require(GuestArchitecture.AARCH64);
        try (Guest guest = Guest.boot(BootRequest.of("debian/arm64"))) {
            Checkpoint reset = take(guest, "reset");
            Stop start = guest.bootedTo("start_kernel");
            Checkpoint taken = take(guest, "start");
            long pc = guest.on(start::pc);
            Path file = work.resolve("start.kdive");
            guest.on(() -> {
                guest.session.checkpoints().export(taken, file, Map.of());
                return true;
            });
            guest.bootedTo("rest_init");
            Difference since = guest.on(() -> guest.session.checkpoints().compare(taken));
            assertThat(since.registers()).extracting(Difference.Change::name).contains("pc", "sp");
            assertThat(since.pages().orElseThrow()).isGreaterThan(100);
            assertThat(since.owners().keySet())
                    .anyMatch(owner -> owner.startsWith("kernel"))
                    .contains("other RAM");

            Stop back = guest.on(() -> guest.session.checkpoints().rewind(taken));

            assertThat(guest.on(back::pc)).isEqualTo(pc);
            assertThat(guest.on(() -> guest.session.checkpoints().compare(taken))
                            .pages())
                    .hasValue(0);
            try (Guest other = Guest.idle()) {
                BootPlan plan = BootPlan.checkpoint(file, null, List.of(), List.of(), Progress.silent());
                Stop there = other.on(() -> other.session.boot(plan));
                assertThat(other.on(there::pc)).isEqualTo(pc);
                assertThat(other.where(other.bootedTo("rest_init"))).isEqualTo("rest_init");
            }
            assertThat(guest.where(guest.bootedTo("rest_init"))).isEqualTo("rest_init");
            guest.on(() -> guest.session.checkpoints().rewind(reset));
            assertThat(guest.where(guest.bootedTo("start_kernel"))).isEqualTo("start_kernel");
        }
    }

    @Test
    void aRawDiskThatIsWrittenIsRefusedAndAnOverlayIsNot(@TempDir Path work) throws IOException {
        Path raw = work.resolve("disk.img");
        try (var file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(1 << 20);
        }
        try (Guest guest = Guest.boot(with(new Disk(raw, Disk.Access.READ_WRITE)))) {
            assertThatThrownBy(() -> take(guest, "a"))
                    .hasMessageContaining(raw.toString())
                    .hasMessageContaining("--disk FILE without ,rw");
        }
        try (Guest guest = Guest.boot(with(new Disk(raw, Disk.Access.SCRATCH)))) {
            Checkpoint taken = take(guest, "a");
            assertThat(taken.debugger().nodes()).hasSize(2);
            guest.on(() -> guest.session.checkpoints().rewind(taken));
            guest.on(() -> {
                guest.session.checkpoints().delete(taken);
                return true;
            });
            assertThat(guest.on(() -> guest.session.hypervisor().listSnapshots()))
                    .isEmpty();
        }
    }

    private static BootRequest with(Disk disk) {
        return BootRequest.of("debian").withInitrd("none").withCpus(1).withDisks(List.of(disk));
    }

    private static Checkpoint take(Guest guest, @Nullable String name) {
        return guest.on(() -> guest.session.checkpoints().take(name, "", () -> {}));
    }

    private static Breakpoint number(Guest guest, Breakpoint breakpoint) {
        return guest.on(() -> guest.session.breakpoints().require(breakpoint.number()));
    }

    private static List<Long> calls(Guest guest, Stop stop) {
        return guest.on(() -> stop.calls(10).frames().stream().map(Frame::pc).toList());
    }
}
