package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.session.Session;

/** The selected frame on stock kernels: what it says of a caller is held against the caller itself, once it runs again. */
@Timeout(120)
final class FramesIT {
    private final Session session = Session.open();

    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    private String run(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
    }

    private long number(String expression) {
        return session.call(() -> session.evaluate(expression).bits());
    }

    @ParameterizedTest
    @CsvSource({"debian, rbx, cr4", "debian/arm64, x0, SCTLR"})
    void speaksOfTheSelectedFrame(String kernel, String used, String system) {
        try (session) {
            run("boot " + kernel + " cpus=2");
            run("break vprintk_emit");
            run("continue");
            String systems = run("info registers " + system);

            assertThat(run("frame")).matches("#0  0x[0-9a-f]{16} in vprintk_emit \\(\\)\n");
            assertThatThrownBy(() -> run("down")).hasMessage("Bottom (innermost) frame selected; you can't go down.");
            assertThat(run("up")).matches("#1  0x[0-9a-f]{16} in _?v?printk.* \\(\\)\n");
            assertThat(run("info registers " + used)).matches(used + " +<not saved>\n");
            assertThatThrownBy(() -> run("print $" + used)).hasMessage("$%s is <not saved> in frame 1", used);
            assertThat(run("info registers " + system)).isEqualTo(systems);
            assertThat(run("x/i $pc")).startsWith("=> 0x");
            assertThat(run("info frame"))
                    .startsWith("Stack level 1, frame at 0x")
                    .contains(" caller of frame at 0x");
            assertThatThrownBy(() -> run("frame 99")).hasMessage("No frame at level 99.");
            assertThat(run("frame function start_kernel")).contains(" in start_kernel");
            assertThat(run("bt -1")).doesNotContain("vprintk_emit");
            assertThat(run("bt full 1")).contains("vprintk_emit ()\n(More stack frames follow...)\nNo locals: ");
            assertThat(run("thread apply all print $pc"))
                    .contains("\nThread 1 (CPU#0")
                    .contains("\nThread 2 (CPU#1");
            assertThat(run("frame")).contains(" in start_kernel");

            callerIsAsItWasSaid(1);
            run("continue");
            callerIsAsItWasSaid(2);
        }
    }

    /** As after a call through a wild pointer: the stack, or the link register, still tells where from. */
    @ParameterizedTest
    @CsvSource({"debian, set $sp = $sp - 8, set {long}$sp = 0x%x", "debian/arm64, print 0, set $x30 = 0x%x"})
    void showsWhoCalledWhatIsNoCode(String kernel, String push, String link) {
        try (session) {
            run("set timeout 30s");
            run("boot " + kernel + " cpus=1");
            run("tbreak vprintk_emit");
            run("continue");
            run("nexti 24"); // behind the prologue
            String before = run("bt");
            assertThat(before).startsWith("#0  ").doesNotContain("  ?");
            long pc = number("$pc");
            run(push);
            run(link.formatted(pc));
            for (String wild : new String[] {"0xdeadbeef0", "0xffff123456789000", "&init_task"}) {
                run("set $pc = " + wild);
                List<String> calls = run("bt").lines().toList();
                assertThat(calls.get(0)).contains("#0  ");
                assertThat(calls.get(1))
                        .startsWith("#1  0x%016x in vprintk_emit+".formatted(pc))
                        .endsWith("  ?");
                assertThat(calls.stream()
                                .skip(2)
                                .map(line -> line.replaceFirst("^#\\d+ +", ""))
                                .toList())
                        .isEqualTo(before.lines()
                                .skip(1)
                                .map(line -> line.replaceFirst("^#\\d+ +", ""))
                                .toList());
            }
        }
    }

    private void callerIsAsItWasSaid(int level) {
        run("delete");
        run("frame " + level);
        long pc = number("$pc");
        long sp = number("$sp");
        long fp = number("$fp");
        run("down");
        String finished = run("finish");
        assertThat(number("$pc")).as(finished).isEqualTo(pc);
        assertThat(number("$sp")).isEqualTo(sp);
        assertThat(number("$fp")).isEqualTo(fp);
        run("break vprintk_emit");
    }
}
