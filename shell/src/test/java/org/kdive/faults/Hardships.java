package org.kdive.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.kdive.machine.Machine;
import org.kdive.session.AttachPlan;

/** What is done once each: a full disk, no run directory any more, a second kdive, a monitor that does not stop talking. */
final class Hardships {
    private static final int EVENTS = 10_000; // a second
    private static final int BATCHES = 100;

    private final Path directory;
    private final SplittableRandom random;

    Hardships(Path directory, long seed) {
        this.directory = directory;
        this.random = new SplittableRandom(seed);
    }

    /** A checkpoint that the disk has no room for is told, and those before it are whole. */
    void theDiskIsFull(String program) throws Exception {
        Path qemu = Files.writeString(
                directory.resolve("qemu"), "#!/bin/sh\ntrap '' XFSZ\nexec '%s' \"$@\"\n".formatted(program));
        Files.setPosixFilePermissions(qemu, PosixFilePermissions.fromString("rwx------"));
        byte[] noise = new byte[8 << 20];
        new java.util.Random(random.nextLong()).nextBytes(noise);
        Path file = Files.write(directory.resolve("noise"), noise);
        try (Rig rig = Rig.boot(Rig.small().qemu(qemu.toString()).build())) {
            rig.tell("stepi 20");
            rig.tell("checkpoint a -m \"while there is room\"");
            String registers = rig.tell("info registers");
            limitFiles(rig.machine().pid(), 6_000_000);
            rig.tell("restore " + file + " binary 0x100000");
            String there = rig.tell("x/8xg 0x100000");
            rig.tell("stepi 5");
            for (String name : List.of("b", "b", "c")) {
                assertThat(rig.say("checkpoint " + name).require())
                        .contains("checkpoint " + name, "could not write it", "those before it are whole");
                assertThat(rig.tell("x/8xg 0x100000")).isEqualTo(there);
            }
            assertThat(rig.tell("info checkpoints")).contains("a ").doesNotContain("b ");
            rig.tell("rewind a");
            assertThat(rig.tell("info registers")).isEqualTo(registers);
            assertThat(rig.tell("x/2xg 0x100000")).contains("0x0000000000000000\t0x0000000000000000");
            rig.tell("stepi 5");
            rig.tell("checkpoint d"); // there is room for that one again
            rig.tell("stepi 5");
            rig.tell("rewind a");
            assertThat(rig.tell("info registers")).isEqualTo(registers);
            rig.tell("rewind d");
            assertThat(rig.tell("diff a")).contains("rip");
        }
    }

    private static void limitFiles(long pid, long bytes) throws Exception {
        int status = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes)
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    /** Somebody cleans up below a machine: what it has open it keeps, what it would open anew is told. */
    void theRunDirectoryIsGone() throws Exception {
        Path run;
        try (Rig rig = Rig.boot(Rig.small().build())) {
            rig.tell("checkpoint a");
            String registers = rig.tell("info registers");
            run = rig.machine().runDirectory();
            Rig.remove(run);
            for (String line : List.of("stepi 3", "continue &", "interrupt", "checkpoint b", "rewind a", "stepi")) {
                rig.tell(line);
            }
            assertThat(rig.say("share add " + directory).require()).contains(run.toString());
            rig.tell("rewind a");
            assertThat(rig.tell("info registers")).isEqualTo(registers);
            assertThat(rig.ended).isEmpty();
        }
        assertThat(run).doesNotExist();
    }

    private Machine foreign() {
        String monitor = "unix:" + directory.resolve("monitor") + ",server=on,wait=off";
        return Machine.boot(Rig.small().extra(List.of("-qmp", monitor)).build(), Rig.SOON);
    }

    private AttachPlan plan(Machine machine, boolean withMonitor) {
        return AttachPlan.stub(
                machine.gdb(),
                withMonitor ? AttachPlan.endpoint("--qmp", "unix:" + directory.resolve("monitor")) : null,
                false,
                Optional::empty);
    }

    /** The second is told so, by its deadline, and the first does not notice; when the first has left the second gets in. */
    void twoKdivesOnOneGuest() {
        try (Machine machine = foreign();
                Rig second = new Rig()) {
            try (Rig first = new Rig()) {
                first.attach(plan(machine, true)).ifPresent(why -> {
                    throw new AssertionError(why);
                });
                String registers = first.tell("info registers");
                assertThat(second.attach(plan(machine, true)))
                        .hasValueSatisfying(why -> assertThat(why).contains("monitor", "another"));
                assertThat(second.attach(plan(machine, false)))
                        .hasValueSatisfying(
                                why -> assertThat(why).contains(machine.gdb().toString(), "another debugger"));
                assertThat(first.tell("info registers")).isEqualTo(registers);
                first.tell("stepi");
                assertThat(first.ended).isEmpty();
            }
            Awaitility.await()
                    .atMost(Rig.SOON)
                    .until(() -> second.attach(plan(machine, true)).isEmpty());
            second.tell("info registers");
        }
    }

    /** Whatever QEMU says meanwhile, each line is answered soon and truly, and nothing piles up. */
    void eventsByTheTenThousand(Duration span) throws Exception {
        try (Machine machine = foreign();
                Meddler meddler = new Meddler(
                        directory.resolve("meddler"),
                        AttachPlan.endpoint("--qmp", "unix:" + directory.resolve("monitor")));
                Rig rig = new Rig()) {
            AttachPlan plan = AttachPlan.stub(machine.gdb(), meddler.address(), false, Optional::empty);
            rig.attach(plan).ifPresent(why -> {
                throw new AssertionError(why);
            });
            String registers = rig.tell("info registers");
            Held before = Held.settled();
            Thread storm = new Thread(() -> storm(meddler, span), "storm");
            storm.start();
            while (storm.isAlive()) {
                assertThat(rig.tell("info registers")).isEqualTo(registers);
                assertThat(rig.tell("qmp query-status")).contains("\"running\" : false");
            }
            storm.join();
            rig.tell("stepi");
            assertThat(rig.ended).isEmpty();
            // whose QEMU it is cannot be seen through the one between
            assertThat(rig.notices).allMatch(line -> line.startsWith("memory is read through the gdb stub"));
            Held.settled().requireNoMoreThan(before);
        }
    }

    private void storm(Meddler meddler, Duration span) {
        String[] names = {"STOP", "RESUME", "RTC_CHANGE", "JOB_STATUS_CHANGE", "BALLOON_CHANGE", "NEVER_HEARD_OF"};
        long begun = System.nanoTime();
        for (int batch = 0; batch < BATCHES * span.toSeconds(); batch++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < EVENTS / BATCHES; i++) {
                lines.append(
                        "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"%s\", \"data\": {}}\r\n"
                                .formatted(names[random.nextInt(names.length)]));
            }
            meddler.inject(lines.toString().getBytes(UTF_8));
            long due = begun + TimeUnit.SECONDS.toNanos(1) / BATCHES * (batch + 1);
            java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
        }
    }
}
