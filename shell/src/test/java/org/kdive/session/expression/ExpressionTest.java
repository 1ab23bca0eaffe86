package org.kdive.session.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

final class ExpressionTest {
    private final SmallKernel kernel = new SmallKernel();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "1 + 2 * 3; 7; int",
                "(1 + 2) * 3; 9; int",
                "-7 / 2; -3; int",
                "-7 % 3; -1; int",
                "7u / 2; 3; unsigned int",
                "-1 > 0u; 1; int",
                "-1L > 0u; 0; int",
                "-1 < 0; 1; int",
                "1 << 31; -2147483648; int",
                "1 << 32; 0; int",
                "1L << 40; 1099511627776; long",
                "1 << 2L; 4; int",
                "(char)1 << 2; 4; int",
                "1u >> 1L; 0; unsigned int",
                "1 << -1; 0; int",
                "0b101; 5; int",
                "0b1ul; 1; unsigned long",
                "sizeof(void); 1; unsigned long",
                "-8 >> 1; -4; int",
                "0xffffffff; 4294967295; unsigned int",
                "4294967295; 4294967295; long",
                "0xffffffffffffffff; 18446744073709551615; unsigned long",
                "017; 15; int",
                "10ul; 10; unsigned long",
                "'A'; 65; char",
                "'A' + 1; 66; int",
                "'\\n'; 10; char",
                "'\\377'; -1; char",
                "~0; -1; int",
                "!0; 1; int",
                "!5; 0; int",
                "(char)300; 44; char",
                "(unsigned char)-1; 255; unsigned char",
                "(short)65535; -1; short",
                "(u8)511 + 0; 255; int",
                "(_Bool)7; 1; _Bool",
                "true + true; 2; _Bool",
                "5 == 5; 1; int",
                "10 > 9 > 8; 0; int",
                "1 ? 2 : 3; 2; int",
                "0 ? 2 : 0 ? 3 : 4; 4; int",
                "1, 2, 3; 3; int",
                "1 || 1 / 0; 1; int",
                "0 && 1 / 0; 0; int",
                "6 & 3 | 8 ^ 1; 11; int",
                "5 / 2.0; 2.5; double",
                "1.5f; 1.5; float",
                "1 < 1.5; 1; int",
                "sizeof(int); 4; unsigned long",
                "sizeof(struct task_struct); 128; unsigned long",
                "sizeof init_task.comm; 16; unsigned long",
                "sizeof(\"abc\"); 4; unsigned long",
                "sizeof(char (*)[16]); 8; unsigned long",
                "sizeof(unsigned long [4]); 32; unsigned long",
                "SLEEPING; 1; enum state",
                "SLEEPING + 1; 2; unsigned int",
                "(enum state)2; 2; enum state",
                "$rax + 1; 8; long",
            })
    void evaluatesAsCDoes(String text, String value, String type) {
        Value found = kernel.evaluate(text);
        assertThat(found.type().cName()).isEqualTo(type);
        assertThat(found.decimal()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "init_task.pid; 1; pid_t",
                "init_task->pid; 1; pid_t",
                "init_task.comm[1]; 119; char",
                "*init_task.comm; 115; char",
                "init_task.counts[0]; -1; short",
                "init_task.counts[0] + init_task.counts[1]; 1; int",
                "init_task.in_exec; 1; unsigned int",
                "init_task.prio; -15; int",
                "init_task.stack_word; 4096; unsigned long",
                "init_task.load * 2; 3; double",
                "((struct task_struct *)((char *)init_task.tasks.next - 8))->pid; 42; pid_t",
                "container_of(init_task.tasks.next, struct task_struct, tasks)->pid; 42; pid_t",
                "list_entry(init_task.tasks.next, struct task_struct, tasks)->comm[0]; 98; char",
                "offsetof(struct task_struct, comm); 32; unsigned long",
                "offsetof(struct task_struct, comm[3]); 35; unsigned long",
                "offsetof(struct task_struct, tasks.prev); 16; unsigned long",
                "(long)&((struct task_struct *)0)->pid; 24; long",
                "&init_task.counts[3] - init_task.counts; 3; long",
                "{int}&init_task.pid; 1; int",
                "{u8}(&init_task.comm); 115; u8",
                "*(unsigned short *)init_task.comm; 30579; unsigned short",
                "*0xffffffff82a00018; 150323855361; long",
                "(int)mystery; 99; int",
                "$lx_current()->pid; 42; pid_t",
                "$lx_current(0)->pid; 1; pid_t",
                "per_cpu(runs, 0); 11; unsigned int",
                "$lx_per_cpu(runs); 22; unsigned int",
                "$lx_per_cpu(\"runs\", 0); 11; unsigned int",
                "*per_cpu_ptr(&runs, 1); 22; unsigned int",
                "init_task.comm == \"swapper\"; 1; int",
                "$lx_current()->title != \"Linux\"; 1; int",
                "$_streq($lx_current()->title, linux_banner); 1; int",
                "$_strlen(init_task.comm); 7; int",
                "sizeof(linux_banner); 18; unsigned long",
                "sizeof(__per_cpu_offset); 16; unsigned long",
                "$_isvoid($nothing); 1; int",
            })
    void readsTheGuest(String text, String value, String type) {
        Value found = kernel.evaluate(text);
        assertThat(found.type().cName()).isEqualTo(type);
        assertThat(found.decimal()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "&init_task; ffffffff82a00000; struct task_struct *",
                "&init_task + 1; ffffffff82a00080; struct task_struct *",
                "&init_task.comm; ffffffff82a00020; char (*)[16]",
                "init_task.comm + 2; ffffffff82a00022; char *",
                "2 + init_task.comm; ffffffff82a00022; char *",
                "start_kernel; ffffffff81000000; void (void)",
                "&start_kernel; ffffffff81000000; void (*)(void)",
                "*start_kernel; ffffffff81000000; void (void)",
                "start_kernel + 4; ffffffff81000004; void (*)(void)",
                "*wake; ffffffff81000100; int (struct task_struct *)",
                "untyped_code; ffffffff81000200; <text variable, no debug info>",
                "&mystery; ffffffff82a00240; <data variable, no debug info> *",
                "mystery; ffffffff82a00240; <data variable, no debug info>",
                "(struct task_struct *)0xffffffff82a00100; ffffffff82a00100; struct task_struct *",
                "(int (*)(void *, unsigned long))0x10; 10; int (*)(void *, unsigned long)",
                "(const char *const)5; 5; const char * const",
                "'init_task'.tasks; ffffffff82a00008; struct list_head",
                "&*&init_task; ffffffff82a00000; struct task_struct *",
            })
    void knowsWhereThingsAre(String text, String address, String type) {
        Value found = kernel.evaluate(text);
        assertThat(found.type().cName()).isEqualTo(type);
        assertThat(Long.toHexString(found.bits())).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "1 +; 3; an expression ends too early",
                "(1; 2; ) is missing",
                "1 2; 2; unexpected \"2\"",
                "1 / 0; 2; Division by zero",
                "018; 0; Invalid number \"018\".",
                "'ab; 0; the character does not end",
                "\"ab; 0; the string does not end",
                "5 @ 2; 2; Only values in memory can be extended with '@'.",
                "&5; 0; Attempt to take address of value not located in memory.",
                "init_task.nosuch; 10; There is no member named nosuch.",
                "init_task.com; 10; There is no member named com. Did you mean comm?",
                "init_task.pid.x; 14; Attempt to extract a component of a value that is not a structure.",
                "(struct nosuch *)0; 1; No struct type named nosuch.",
                "mystery + 1; 8; `'mystery' has unknown type; cast it to its declared type`",
                "*(void *)1; 0; Attempt to take contents of a non-pointer value.",
                "1 = 2; 2; Left operand of assignment is not an lvalue.",
                "$nothing + 1; 9; the value is void: a name that is neither a register nor set?",
                "int; 0; Attempt to use a type name as an expression",
                "wake(1); 4; `kdive does not call functions of the guest, which may hold locks where it stands; break stops where the kernel calls one`",
                "init_tas; 0; `no symbol \"init_tas\"; did you mean init_task?`",
                "2 * #; 4; unexpected \"#\"",
                "$7; 0; History has not yet reached $7.",
                "init_task + 1; 10; Argument to arithmetic operation not a number or boolean.",
                "(int)init_task.tasks.nosuch; 21; There is no member named nosuch.",
                "per_cpu(runs, 9); 0; there is no CPU 9",
            })
    void pointsAtThePlace(String text, int column, String message) {
        assertThatThrownBy(() -> kernel.evaluate(text).bits())
                .isInstanceOf(SessionException.class)
                .hasMessage("%s%n  %s%n  %s^".formatted(message, text, " ".repeat(column)));
    }

    @Test
    void saysWhichAddressCannotBeRead() {
        assertThatThrownBy(() -> kernel.evaluate("*(int *)0x10").bits())
                .hasMessage("Cannot access memory at address 0x10")
                .extracting(e -> ((SessionException) e).failure())
                .isEqualTo(new SessionFailure.Unreadable(0x10));
    }

    @Test
    void readsNothingUntilTheValueIsWanted() {
        Value lazy = kernel.evaluate("*(struct task_struct *)0x10");
        assertThat(lazy.type().cName()).isEqualTo("struct task_struct");
        assertThat(lazy.address()).hasValue(0x10);
    }

    @Test
    void assignsToMemory() {
        assertThat(kernel.evaluate("init_task.pid = 77").decimal()).isEqualTo("77");
        assertThat(kernel.evaluate("init_task.pid").decimal()).isEqualTo("77");
        kernel.evaluate("init_task.pid += 3");
        kernel.evaluate("init_task.pid++");
        kernel.evaluate("--init_task.counts[1]");
        assertThat(kernel.evaluate("init_task.pid").decimal()).isEqualTo("81");
        assertThat(kernel.evaluate("init_task.counts[1]").decimal()).isEqualTo("1");
        assertThat(kernel.ram[24 + 2]).isZero();
    }

    @Test
    void assignsToBitFieldsAndLeavesTheirNeighboursAlone() {
        kernel.evaluate("init_task.prio = 3");
        assertThat(kernel.evaluate("init_task.prio").decimal()).isEqualTo("3");
        assertThat(kernel.evaluate("init_task.in_exec").decimal()).isEqualTo("1");
        kernel.evaluate("init_task.in_exec = 0");
        assertThat(kernel.ram[28]).isEqualTo((byte) 0b110);
    }

    @Test
    void assignsToRegistersAndVariables() {
        kernel.evaluate("$rax = 2 * 21");
        assertThat(kernel.registers).containsEntry("rax", BigInteger.valueOf(42));
        kernel.evaluate("$task = &init_task");
        assertThat(kernel.evaluate("$task->pid").decimal()).isEqualTo("1");
        assertThat(kernel.evaluate("$n = 5, $n++, $n *= 2, $n").decimal()).isEqualTo("12");
    }

    @Test
    void keepsAStructInAVariableAsItWas() {
        kernel.evaluate("$saved = init_task");
        kernel.evaluate("init_task.pid = 5");
        assertThat(kernel.evaluate("$saved.pid").decimal()).isEqualTo("1");
        assertThat(kernel.evaluate("$saved.prio").decimal()).isEqualTo("-15");
    }

    @Test
    void looksBackInTheHistory() {
        kernel.define("1", kernel.evaluate("10"));
        kernel.define("2", kernel.evaluate("20"));
        assertThat(kernel.evaluate("$ + $$ + $1 + $$0").decimal()).isEqualTo("60");
    }

    @ParameterizedTest
    @ValueSource(strings = {"init_task.pid = 9", "$rax = 9", "$fresh = 9", "init_task.pid++"})
    void changesNothingWhenOnlyTheTypeIsAskedFor(String text) {
        Expression.parse(text, kernel.types()).type(kernel);
        assertThat(kernel.written).isZero();
        assertThat(kernel.registers).containsEntry("rax", BigInteger.valueOf(7));
        assertThat(kernel.variable("fresh")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "((struct task_struct *)0)->tasks.next->prev; struct list_head *",
                "struct list_head; struct list_head",
                "unsigned; unsigned int",
                "long unsigned int; unsigned long",
                "init_task.tasks; struct list_head",
                "1 == 1; int",
            })
    void knowsTypesWithoutReading(String text, String type) {
        assertThat(Expression.parse(text, kernel.types()).type(kernel).cName()).isEqualTo(type);
    }

    @Test
    void isParsedOnceAndAskedOften() {
        Expression condition = Expression.parse("init_task.pid == 2 && init_task.comm == \"swapper\"", kernel.types());
        assertThat(condition.isTrue(kernel)).isFalse();
        kernel.ram[24] = 2;
        assertThat(condition.isTrue(kernel)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000})
    void boundsWhatItIsGiven(int depth) {
        assertThatThrownBy(() -> kernel.evaluate("(".repeat(depth) + "1" + ")".repeat(depth)))
                .isInstanceOf(SessionException.class);
        assertThatThrownBy(() -> kernel.evaluate("-".repeat(depth) + "1")).isInstanceOf(SessionException.class);
        assertThatThrownBy(() -> kernel.evaluate("(int " + "*".repeat(depth) + ")1"))
                .isInstanceOf(SessionException.class);
        assertThatThrownBy(() -> kernel.evaluate("1" + "+1".repeat(4 * depth))).isInstanceOf(SessionException.class);
    }
}
