package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.session.Session;

/** What stands around a stop, on stock kernels: arguments, results, registers, stack, code and what is displayed. */
@Timeout(120)
final class StopContextIT {
    private final Session session = Session.open();

    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings().attended(options -> {})).all(), session, FrontEnd.UNATTENDED);

    private String run(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
    }

    private List<String> complete(String line) {
        return interpreter.complete(line, line.length()).candidates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"debian", "debian/arm64"})
    void tellsArgumentsAndResults(String kernel) {
        try (session) {
            run("boot " + kernel);
            run("break vprintk_emit");
            assertThat(run("continue"))
                    .contains("Breakpoint 1, ")
                    .containsPattern("args +facility=0, level=-1, dev_info=(\\(.*\\) )?0x0, fmt=0x[0-9a-f]+ .*\"")
                    .containsPattern("\nstack 0x[0-9a-f]+ ")
                    .containsPattern("\n=> 0x[0-9a-f]+ <vprintk_emit\\+0>:")
                    .containsPattern("\n   0x[0-9a-f]+ <vprintk_emit\\+\\d+>:");
            assertThat(run("info args")).startsWith("facility = 0\nlevel = -1\n");

            assertThat(run("display/i $pc")).startsWith("1: x/i $pc\n=> 0x");
            assertThatThrownBy(() -> run("display/x facility_is_no_variable")).hasMessageContaining("no symbol");
            assertThat(run("display/x *(int *)0")).startsWith("2: /x *(int *)0 = <");
            // the banner's length: what printk returns
            assertThat(run("finish"))
                    .contains("\n1: x/i $pc\n=> 0x")
                    .containsPattern("Value returned is \\$1 = [1-9]\\d+\n");
            assertThatThrownBy(() -> run("info args"))
                    .hasMessage("info args: arguments are known at the first instruction of a function");
            assertThat(run("nexti 3")).contains("\nregs  ");
            run("undisplay 2");
            assertThat(run("info display")).endsWith("Num Enb Expression\n1   y   /i $pc\n");

            assertThat(complete("print init_task.com")).contains("init_task.comm");
            assertThat(complete("print $lx_current()->sta")).contains("$lx_current()->stack");
            assertThat(complete("ptype struct list_h")).contains("list_head");
            run("set context off");
            assertThat(run("stepi").lines().filter(line -> !line.startsWith("1:")))
                    .hasSize(3);
        }
    }
}
