package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A CPU that gets nowhere stops the guest, told with where all of them stand; one that sleeps or works does not. */
@Timeout(240)
final class HangIT {
    private static final String NOWHERE = "sysrq_handle_crash"; // nobody calls it: a loop is put there
    private static final String WORK = "while :; do cat /proc/stat > /dev/null; done & ";

    @ParameterizedTest
    @ValueSource(strings = {"debian", "debian/arm64"})
    void aHangIsTold(String kernel) {
        try (BootedGuest guest = BootedGuest.before(kernel)) {
            guest.answer("set hang-timeout 1s");
            guest.answer("set checkpoint-on-panic off");
            guest.answer("continue &");
            guest.answer("expect console / # within 150s");
            guest.answer("send \"sleep 3; echo sle''pt\\n\""); // three times the patience, idle
            guest.answer("expect console slept within 60s");
            guest.answer("interrupt");
            assertThat(deaf(guest, 1))
                    .contains("The kernel hangs: CPU 1 has taken no interrupt for 1 s")
                    .containsPattern("CPU 0 +0x[0-9a-f]+ <")
                    .containsPattern(
                            "CPU 1 +0x[0-9a-f]+ <%s>, in \\S+ .process \\d+., interrupts off".formatted(NOWHERE));
            assertThat(guest.number("$pc")).isEqualTo(guest.number("(unsigned long)&" + NOWHERE));
            guest.answer("set $pc = $wherepc");
            guest.answer("set $%s = $whereflags".formatted(flags(guest)));
            guest.answer("continue &");
            guest.answer("send \"%ssleep 3; echo work''ed\\n\"".formatted(WORK.repeat(3)));
            guest.answer("expect console worked within 60s");
            assertThat(guest.isRunning()).isTrue();
            guest.answer("interrupt");
            assertThat(stuck(guest, 1)).contains("The kernel hangs: CPU 1 has let no other task run for 1 s");
            assertThat(guest.answer("backtrace")).contains(NOWHERE); // maybe below a tick
        }
    }

    private static String flags(BootedGuest guest) {
        return isX86(guest) ? "eflags" : "cpsr";
    }

    private static boolean isX86(BootedGuest guest) {
        return guest.answer("info registers").contains("rip");
    }

    /** Puts a CPU into a loop; {@code $wherepc} and {@code $whereflags} are where it was. */
    private static void loop(BootedGuest guest, int cpu, boolean interrupts) {
        guest.answer("thread " + (cpu + 1));
        guest.answer("set $wherepc = (unsigned long)$pc");
        guest.answer("set $whereflags = (unsigned int)$" + flags(guest));
        if (isX86(guest)) {
            guest.answer("set var *(unsigned short *)%s = 0xfeeb".formatted(NOWHERE)); // jmp to itself
            guest.answer("set $eflags = $whereflags " + (interrupts ? "| 0x200" : "& ~0x200"));
        } else {
            guest.answer("set var *(unsigned int *)%s = 0x14000000".formatted(NOWHERE)); // b to itself
            guest.answer("set $cpsr = $whereflags " + (interrupts ? "& ~0x80" : "| 0x80"));
        }
        guest.answer("set $pc = (unsigned long)&" + NOWHERE);
    }

    /** A CPU's idle task, about to sleep, gets nowhere with interrupts off: no tick comes. What is told of it. */
    static String deaf(BootedGuest guest, int cpu) {
        guest.answer("tbreak default_idle_call thread " + (cpu + 1));
        guest.answer("continue");
        loop(guest, cpu, false);
        return guest.answer("continue");
    }

    /** A CPU in a system call gets nowhere, with interrupts on: ticks come, and nothing else gets a turn. */
    static String stuck(BootedGuest guest, int cpu) {
        guest.answer("tbreak do_sys_openat2 thread " + (cpu + 1));
        guest.answer("send \"%s\\n\"".formatted(WORK.repeat(2)));
        guest.answer("continue");
        loop(guest, cpu, true);
        return guest.answer("continue");
    }
}
