package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kdive.images.types.CPrinter;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.PrintOptions;
import org.kdive.session.printing.ValuePrinter;

/** C expressions on a stock kernel with KASLR, which carries its types as BTF and nothing else. */
final class ExpressionIT {
    private static Guest guest;

    @BeforeAll
    static void boot() {
        guest = Guest.boot(2);
        guest.bootedTo("start_kernel");
    }

    @AfterAll
    static void end() {
        guest.close();
    }

    private static String print(String expression) {
        return guest.on(() -> {
            Stop stop = guest.session.requireStop();
            Value value = guest.session.evaluate(expression);
            return new ValuePrinter(
                            stop.memory(),
                            address -> stop.program()
                                    .filter(program -> program.symbolAt(address).isPresent())
                                    .map(program -> program.describe(address)),
                            PrintOptions.defaults())
                    .print(value, ' ');
        });
    }

    @Test
    void readsTheFirstTask() {
        assertThat(print("init_task.comm")).startsWith("\"swapper");
        assertThat(print("*(struct task_struct *)&init_task"))
                .contains("\n  comm = \"swapper", "\n  tasks = {\n    next = 0x");
        assertThat(print("$lx_current()")).matches("\\(struct task_struct \\*\\) 0x[0-9a-f]+ <init_task>");
        assertThat(guest.evaluate("$lx_current()->pid")).isZero();
        assertThat(guest.evaluate("$lx_current() == &init_task && init_task.comm == \"swapper\""))
                .isEqualTo(1);
    }

    @Test
    void knowsTheSizesThatTheKernelKnows() {
        assertThat(guest.evaluate("sizeof(struct task_struct)"))
                .isEqualTo(guest.evaluate("sizeof(init_task)"))
                .isGreaterThan(4096);
        assertThat(guest.on(() -> CPrinter.describe(guest.session.typeOf("struct list_head"))))
                .containsExactly(
                        "struct list_head {", "    struct list_head *next;", "    struct list_head *prev;", "}");
        assertThat(guest.evaluate("&((struct list_head *)0)->prev")).isEqualTo(8);
    }

    @Test
    void typesRegistersAndFunctions() {
        assertThat(print("$rip")).matches("\\(void \\(\\*\\)\\(\\)\\) 0x[0-9a-f]+ <start_kernel(\\+\\d+)?>");
        assertThat(print("start_kernel")).matches("\\{void \\(void\\)\\} 0x[0-9a-f]+ <start_kernel>");
        assertThat(guest.evaluate("$rip - (long)start_kernel == 0")).isEqualTo(1);
        assertThat(print("(int)$eax == (int)$rax")).isEqualTo("1");
    }

    @Test
    void findsPerCpuVariables() {
        // one area for all until setup_per_cpu_areas, and on this CPU the same task as everywhere
        assertThat(guest.evaluate("per_cpu(current_task, 0) == &init_task")).isEqualTo(1);
    }

    @Test
    void writesTheGuest() {
        long before = guest.evaluate("panic_timeout");
        guest.evaluate("panic_timeout = 12345");
        assertThat(guest.evaluate("panic_timeout")).isEqualTo(12345);
        guest.evaluate("panic_timeout = " + before);
    }

    @Test
    void saysWhatItDoesNotKnow() {
        assertThatThrownBy(() -> guest.evaluate("init_task.nosuch")).hasMessageContaining("no member named nosuch");
        assertThatThrownBy(() -> guest.evaluate("*(int *)8")).hasMessage("Cannot access memory at address 0x8");
    }
}
