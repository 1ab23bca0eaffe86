package org.kdive.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.kdive.cli.KdiveProcess;

/** One of the two sleeps for a while (SIGSTOP), as on a laptop whose lid is shut; when it wakes all is as it was. */
final class Sleeps implements AutoCloseable {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(35); // QMP's deadline, and a little

    private final Path directory;
    private final ScheduledExecutorService alarm = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "alarm");
        thread.setDaemon(true);
        return thread;
    });

    Sleeps(Path directory) {
        this.directory = directory;
    }

    private static void signal(long pid, String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .waitFor();
            assertThat(status).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(name, e);
        }
    }

    /** Each line is answered truly, or by its deadline with one line; and truly again afterwards. */
    void qemuSleeps(Duration span) {
        try (Rig rig = Rig.boot(Rig.small().build())) {
            long pid = rig.machine().pid();
            rig.tell("stepi 20");
            rig.tell("checkpoint a");
            String registers = rig.tell("info registers");
            for (String line : List.of(
                    "x/2xg 0xfff00", "stepi", "monitor info version", "break *0xfff0", "checkpoint", "rewind a")) {
                signal(pid, "STOP");
                var awake = alarm.schedule(() -> signal(pid, "CONT"), span.toMillis(), TimeUnit.MILLISECONDS);
                while (!awake.isDone()) {
                    Rig.Said said = rig.say(line, LONGEST_ANSWER);
                    if (!said.isFine()) {
                        assertThat(said.require())
                                .containsAnyOf(
                                        "QEMU lives and does not answer",
                                        "the guest is running; interrupt stops it",
                                        "no answer",
                                        "exists already",
                                        "there is a checkpoint");
                    }
                }
                Awaitility.await(line)
                        .atMost(Rig.SOON)
                        .until(() -> rig.say("info registers").isFine());
                rig.tell("delete");
                rig.tell("rewind a");
                assertThat(rig.tell("info registers")).as(line).isEqualTo(registers);
                rig.tell("stepi 5"); // no breakpoint is left that nobody knows of
                rig.tell("rewind a");
            }
            assertThat(rig.ended).isEmpty();
        }
    }

    /** What QEMU said meanwhile was said in time: no deadline is missed by sleeping. */
    void kdiveSleeps(Duration span) throws Exception {
        Path script = Files.write(
                directory.resolve("sleep.kdive"),
                List.of(
                        "checkpoint a",
                        "echo busy\\n",
                        "stepi 3000",
                        "rewind a",
                        "continue &",
                        "interrupt",
                        "rewind a",
                        "echo over\\n",
                        "print 6*7"));
        Path home = Files.createDirectories(directory.resolve("sleeps"));
        try (KdiveProcess kdive =
                KdiveProcess.start(home, "run", script.toString(), "--kernel", "debian", "--initrd", "none")) {
            kdive.awaitOut("busy\n");
            kdive.signal("STOP");
            alarm.schedule(() -> {}, span.toMillis(), TimeUnit.MILLISECONDS).get();
            kdive.signal("CONT");
            int status = kdive.end();
            assertThat(status).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.out()).contains("over\n", "= 42");
        }
    }

    @Override
    public void close() {
        alarm.shutdownNow();
    }
}
