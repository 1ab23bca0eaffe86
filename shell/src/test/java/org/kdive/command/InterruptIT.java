package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/** Ctrl-C brings the prompt back from runs, steps, scripts and what prints or places a lot. */
@Timeout(180)
final class InterruptIT {
    // the goal is 0.2 s at a quiet machine; tests run beside others
    private static final Duration SOON = Duration.ofMillis(1500);

    private final Session session = Session.open();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    @TempDir
    private Path scratch;

    private void run(String line) {
        interpreter.execute(line, new RecordingOutput());
    }

    /** Begins a command, and interrupts it when it has gone on for a moment. */
    private String endsSoon(String command) {
        CompletableFuture<String> done = CompletableFuture.supplyAsync(() -> {
            try {
                run(command);
                return "";
            } catch (RuntimeException e) {
                assertThat(e).hasMessageContaining("interrupted");
                return String.valueOf(e.getMessage());
            }
        });
        await().pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(150))
                .untilAsserted(() -> assertThat(done).as(command).isNotDone());
        long asked = System.nanoTime();
        session.interrupt();
        assertThat(done).as(command).succeedsWithin(20, TimeUnit.SECONDS);
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        System.out.printf("%4d ms: %s%n", took.toMillis(), command.replace('\n', ';'));
        assertThat(took).as(command).isLessThan(SOON);
        assertThat(session.call(session::state)).as(command).isInstanceOf(Stop.class);
        return done.join();
    }

    /** What reads or writes much; a file is there whole or not at all, and it is said what became of it. */
    private void longLooks() throws IOException {
        Path file = scratch.resolve("dump.bin");
        endsSoon("find _stext, +0x40000000, \"there is no such text\"");
        endsSoon("find/b 0, +0x7fffffff, 0x90, 0x12, 0x34");
        assertThat(endsSoon("dump memory %s _stext +0x40000000".formatted(file)))
                .isEqualTo("interrupted: nothing was written to " + file);
        run("dump memory %s &init_uts_ns.name.sysname +5".formatted(file));
        assertThat(endsSoon("append memory %s _stext +0x40000000".formatted(file)))
                .isEqualTo("interrupted: nothing was written to %s, which is as it was", file);
        assertThat(file).hasContent("Linux");
        assertThat(scratch.toFile().list()).containsExactly("dump.bin");
        endsSoon("while 1\ncompare-sections");
        String slow = ".*".repeat(12) + "!"; // each name of 30 letters in a thousand million ways
        endsSoon("info functions " + slow);
        endsSoon("info types " + slow);
        endsSoon("while 1\ninfo functions .");
        endsSoon("while 1\nbacktrace\nlist init_task.tasks struct task_struct tasks, comm");
    }

    @ParameterizedTest
    @CsvSource({"debian, $rdi, 0xfeeb, $eflags = 2", "debian/arm64, $x0, 0x14000000, $cpsr = 0x3c5"})
    void whateverGoesOn(String kernel, String argument, String jumpToItself, String withoutInterrupts)
            throws IOException {
        try (session) {
            run("boot " + kernel);
            run("tbreak kernel_init"); // early: what is measured is how a run ends, not the boot
            run("continue");
            run("set $x = 0");
            for (String command : List.of(
                    "stepi 10000000",
                    "nexti 10000000",
                    "while 1\nset $x = $x + 1",
                    "while 1\nif 1\nset $x = 1\nend",
                    "while 1\nstepi",
                    "rbreak .",
                    "expect console /never/ 60s")) {
                endsSoon(command);
            }
            longLooks();
            run("delete");
            run("break kfree if %s == 0x1234".formatted(argument));
            endsSoon("continue");
            run("delete");
            endsSoon("continue");
            run("set {unsigned int} $pc = " + jumpToItself);
            run("set " + withoutInterrupts);
            endsSoon("continue");
            endsSoon("stepi 10000000");
            endsSoon("until panic");
            Path zeros = Files.write(scratch.resolve("zeros"), new byte[16 << 20]);
            assertThat(endsSoon("while 1\nrestore %s binary _stext".formatted(zeros)))
                    .matches("interrupted|interrupted: \\d+ of 16777216 bytes are written, from 0x[0-9a-f]+ on");
        }
    }
}
