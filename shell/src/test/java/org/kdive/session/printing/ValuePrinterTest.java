package org.kdive.session.printing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.session.SessionException;
import org.kdive.session.expression.SmallKernel;

/** Against what gdb 13 prints for the same types and bytes. */
final class ValuePrinterTest {
    private final SmallKernel kernel = new SmallKernel();

    private String print(String expression, char format) {
        return print(expression, format, PrintOptions.defaults());
    }

    private String print(String expression, char format, PrintOptions options) {
        return new ValuePrinter(kernel.memory(), kernel::describe, options).print(kernel.evaluate(expression), format);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "1; 1",
                "-1; -1",
                "1.5; 1.5",
                "1.0 / 3; 0.33333333333333331",
                "1.0f / 3; 0.333333343",
                "1e10; 10000000000",
                "1.0e-5; 1.0000000000000001e-05",
                "1e100; 1e+100",
                "'A'; 65 'A'",
                "'\\n'; 10 '\\n'",
                "'\\''; 39 '\\''",
                "'\\377'; -1 '\\377'",
                "(unsigned char)200; 200 '\\310'",
                "\"abc\"; \"abc\"",
                "\"a\\tb\\001\\\"\"; \"a\\tb\\001\\\"\"",
                "(_Bool)1; true",
                "1 == 2; 0",
                "SLEEPING; SLEEPING",
                "(enum state)3; (SLEEPING | DEAD)",
                "(enum state)7; (SLEEPING | DEAD | unknown: 0x4)",
                "init_task.flags; (F_A | F_B | F_C)",
                "(enum flags)3; (F_A | F_B)",
                "(enum flags)0; 0",
                "(enum flags)0x11; (F_A | unknown: 0x10)",
                "(enum flags)0x10; (unknown: 0x10)",
                "init_task.comm; \"swapper\\000\\000\\000\\000\\000\\000\\000\\000\"",
                "*(char (*)[32])(&init_task.counts + 2); `'\\000' <repeats 31 times>`",
                "&init_task; (struct task_struct *) 0xffffffff82a00000 <init_task>",
                "&init_task.pid; (pid_t *) 0xffffffff82a00018 <init_task+24>",
                "(void *)0; (void *) 0x0",
                "(char *)0; 0x0",
                "(char *)linux_banner; 0xffffffff82a00200 <linux_banner> \"Linux version 6.1\"",
                "(const char *)linux_banner; 0xffffffff82a00200 <linux_banner> \"Linux version 6.1\"",
                "(unsigned char *)linux_banner; (unsigned char *) 0xffffffff82a00200 <linux_banner> \"Linux version 6.1\"",
                "(char *)16; 0x10 <error: Cannot access memory at address 0x10>",
                "start_kernel; {void (void)} 0xffffffff81000000 <start_kernel>",
                "&wake; (int (*)(struct task_struct *)) 0xffffffff81000100 <wake>",
                "untyped_code; {<text variable, no debug info>} 0xffffffff81000200 <untyped_code>",
                "&mystery; (<data variable, no debug info> *) 0xffffffff82a00240 <mystery>",
                "init_task.counts; {-1, 2, 0, 0}",
                "init_task.comm[0]@3; \"swa\"",
                "*(int (*)[64])(&init_task + 12); {0 <repeats 64 times>}",
                "init_task.prio; -15",
                "$nothing; void",
            })
    void printsAsGdbDoes(String expression, String text) {
        assertThat(print(expression, ' ')).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "x; 255; 0xff",
                "x; -1; 0xffffffff",
                "x; -1L; 0xffffffffffffffff",
                "x; init_task.counts; {0xffff, 0x2, 0x0, 0x0}",
                "x; &init_task; 0xffffffff82a00000",
                "x; 'A'; 0x41",
                "d; 'A'; 65",
                "u; (char)-1; 255",
                "d; 0xffffffff; -1",
                "o; 8; 010",
                "o; 0; 0",
                "t; 10; 1010",
                "z; 5; 0x00000005",
                "z; (short)5; 0x0005",
                "c; 65; 65 'A'",
                "c; 300; 44 ','",
                "a; -1; 0xffffffffffffffff",
                "c; init_task.counts; `{-1 '\\377', 2 '\\002', 0 '\\000', 0 '\\000'}`",
                "a; start_kernel + 4; 0xffffffff81000004 <start_kernel+4>",
                "a; 5; 0x5",
                "f; 1; 1.40129846e-45",
                "f; 1.5; 1.5",
                "s; init_task.comm[0]@2; \"sw\"",
                "d; SLEEPING; 1",
                "x; init_task.tasks.next; 0xffffffff82a00108",
            })
    void printsInEveryFormat(char format, String expression, String text) {
        assertThat(print(expression, format)).isEqualTo(text);
    }

    @Test
    void givesEachMemberALine() {
        assertThat(print("init_task", ' ')).isEqualTo("""
                {
                  state = RUNNING,
                  flags = (F_A | F_B | F_C),
                  tasks = {
                    next = 0xffffffff82a00108,
                    prev = 0xffffffff82a00108
                  },
                  pid = 1,
                  in_exec = 1,
                  prio = -15,
                  comm = "swapper\\000\\000\\000\\000\\000\\000\\000\\000",
                  {
                    stack = 0x1000,
                    stack_word = 4096
                  },
                  fn = 0xffffffff81000100 <wake>,
                  counts = {-1, 2, 0, 0},
                  load = 1.5,
                  title = 0x0
                }""");
    }

    @Test
    void putsItAllInOneLineWhenAskedTo() {
        PrintOptions flat = new PrintOptions(false, 200, 10, 20, true);
        assertThat(print("init_task.tasks", ' ', flat))
                .isEqualTo("{next = 0xffffffff82a00108, prev = 0xffffffff82a00108}");
    }

    @Test
    void opensStructsInArraysAsGdbDoes() {
        assertThat(print("init_task.tasks@2", 'x')).isEqualTo("""
                {{
                    next = 0xffffffff82a00108,
                    prev = 0xffffffff82a00108
                  }, {
                    next = 0x2300000001,
                    prev = 0x72657070617773
                  }}""");
    }

    @Test
    void stopsAtTheDepthAndTheLengthThatWereAskedFor() {
        PrintOptions narrow = new PrintOptions(false, 3, 10, 1, true);
        assertThat(print("init_task.comm", ' ', narrow)).isEqualTo("\"swa\"...");
        assertThat(print("init_task.counts", ' ', narrow)).isEqualTo("{-1, 2, 0...}");
        assertThat(print("init_task", ' ', narrow)).contains("tasks = {...}, pid = 1");
        assertThat(print("(char *)linux_banner", ' ', narrow)).endsWith("\"Lin\"...");
    }

    @Test
    void countsRunsOfEqualElements() {
        Arrays.fill(kernel.ram, 0x600, 0x600 + 400, (byte) 0);
        assertThat(print("*(char (*)[400])0xffffffff82a00600", ' ')).isEqualTo("'\\000' <repeats 399 times>");
        assertThat(print("*(int (*)[100])0xffffffff82a00600", ' ')).isEqualTo("{0 <repeats 100 times>}");
        kernel.ram[0x600 + 4] = 7;
        assertThat(print("*(int (*)[30])0xffffffff82a00600", ' ')).isEqualTo("{0, 7, 0 <repeats 28 times>}");
    }

    @Test
    void saysWhereMemoryEndsInAText() {
        Arrays.fill(kernel.ram, 0xffc, 0x1000, (byte) 'z');
        assertThat(print("(char *)0xffffffff82a00ffc", ' '))
                .isEqualTo("0xffffffff82a00ffc \"zzzz\" <error: Cannot access memory at address 0xffffffff82a01000>");
    }

    @Test
    void refusesWhatCannotBeRead() {
        assertThatThrownBy(() -> print("*(struct task_struct *)0x10", ' '))
                .isInstanceOf(SessionException.class)
                .hasMessage("Cannot access memory at address 0x10");
        assertThatThrownBy(() -> print("1", 'q')).hasMessageContaining("no format");
    }
}
