package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
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

    private void run(String line) {
        interpreter.execute(line, new RecordingOutput());
    }

    /** Begins a command, and interrupts it when it has gone on for a moment. */
    private void endsSoon(String command) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                run(command);
            } catch (RuntimeException e) {
                assertThat(e).hasMessageContaining("interrupted");
            }
        });
        await().pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(150))
                .untilAsserted(() -> assertThat(done).as(command).isNotDone());
        long asked = System.nanoTime();
        session.interrupt();
        assertThat(done).as(command).succeedsWithin(20, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).as(command).isLessThan(SOON);
        assertThat(session.call(session::state)).as(command).isInstanceOf(Stop.class);
    }

    @ParameterizedTest
    @CsvSource({"debian, $rdi, 0xfeeb, $eflags = 2", "debian/arm64, $x0, 0x14000000, $cpsr = 0x3c5"})
    void whateverGoesOn(String kernel, String argument, String jumpToItself, String withoutInterrupts) {
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
        }
    }
}
