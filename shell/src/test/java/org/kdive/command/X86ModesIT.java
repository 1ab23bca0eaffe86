package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Breakpoints set before the first instruction hold in every mode a PC passes through on its way to the kernel, and what
 * is shown there is read as code of that mode. The places are those of the x86 boot protocol (Documentation/arch/x86/boot.rst)
 * and of QEMU, which puts the kernel's setup code at 0x10000 (hw/i386/x86.c).
 */
@Timeout(120)
final class X86ModesIT {
    @Test
    void breakpointsHoldInRealProtectedAndLongMode() {
        try (BootedGuest guest = BootedGuest.before("debian")) {
            assertThat(guest.answer("stepi")).contains("=> 0xfe05b:\tcmp "); // the reset vector jumps into the firmware
            guest.answer("break *0x10200");
            guest.answer("hbreak *0x100000");
            guest.answer("break *0x100200");

            assertThat(guest.answer("continue")).contains("Breakpoint 1, 0x10200 in ?? ()");
            realMode(guest);
            assertThat(guest.answer("continue")).contains("Breakpoint 2, 0x100000 in ?? ()");
            protectedMode(guest);
            assertThat(guest.answer("continue")).contains("Breakpoint 3, 0x100200 in ?? ()");
            longMode(guest);

            guest.answer("tbreak start_kernel");
            assertThat(guest.answer("continue")).contains("in start_kernel ()");
            assertThat(guest.answer("info breakpoints"))
                    .contains("Under TCG: software 1 3; hardware 2")
                    .containsPattern("(?s)(breakpoint already hit 1 time.*){3}");
        }
    }

    private static void realMode(BootedGuest guest) {
        assertThat(guest.answer("info registers cr0")).contains("[ ET ]");
        assertThat(guest.answer("info registers cs")).contains("base=0x10200").contains("CS16");
        // header: a short jump over "HdrS"
        assertThat(guest.answer("x/2bx $pc")).containsPattern("0xeb\\s+0x6a");
        assertThat(guest.answer("stepi")).contains("=> 0x1026c:\tmov     ax, ds");
    }

    private static void protectedMode(BootedGuest guest) {
        assertThat(guest.answer("info registers cr0")).contains("[ ET PE ]");
        assertThat(guest.answer("info registers efer")).contains("0x0");
        assertThat(guest.answer("x/3i $pc")).contains("cld", "cli", "lea     esp, [esi +");
        assertThat(guest.answer("stepi 2")).contains("=> 0x100002:\tlea     esp, [esi +");
        assertThat(guest.answer("nexti")).contains("=> 0x100008:");
    }

    private static void longMode(BootedGuest guest) {
        assertThat(guest.answer("info registers efer")).contains("[ LMA LME ]");
        assertThat(guest.answer("info registers cr0")).containsPattern("\\[ PG .*PE ]");
        assertThat(guest.answer("stepi")).contains("=> 0x100201:\tcli");
    }
}
