package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be read of one stopped x86-64 guest, in a system call of its first program. */
@Timeout(240)
final class InspectX86IT {
    private static BootedGuest guest;

    @BeforeAll
    static void boot() {
        guest = BootedGuest.stoppedAt("debian", "do_sys_openat2");
    }

    @AfterAll
    static void end() {
        guest.close();
    }

    @Test
    void showsTheControlRegistersBitByBit() {
        assertThat(guest.answer("info registers control"))
                .containsPattern("cr0 +0x80050033 +\\[ PG AM WP NE ET MP PE ]")
                .containsPattern("cr3 +0x([0-9a-f]+)000 +\\[ PDBR=0x\\1000 ]")
                .containsPattern("cr4 +0x[0-9a-f]+ +\\[ .*OSFXSR PGE .*PAE .*]")
                .containsPattern("cr8 +0x")
                .containsPattern("efer +0x[0-9a-f]+ +\\[ NXE LMA LME SCE ]");
        assertThat(guest.answer("info registers eflags")).containsPattern("eflags +0x[0-9a-f]+ +\\[ IF ");
        assertThat(guest.answer("info registers mxcsr")).containsPattern("0x1f80 +\\[ RC=nearest PM UM OM ZM DM IM ]");
        assertThat(guest.answer("info registers fctrl")).containsPattern("\\[ RC=nearest PC=extended .*]");
    }

    @Test
    void showsWhatTheProcessorKeepsBesideItsSelectors() {
        assertThat(guest.answer("info registers segment"))
                .containsPattern("cs +0x10 +\\[ INDEX=0x2 ] base=0x0 limit=0xffffffff CS64 DPL=0 \\[ R A ]")
                .containsPattern("gs_base +0xffff");
        assertThat(guest.answer("info registers system"))
                .containsPattern("idtr +0xfffffe0000000000 +limit=0xfff")
                .containsPattern("tr +0x40 +base=0xfffffe[0-9a-f]+ limit=0x[0-9a-f]+ TSS( busy)? DPL=0")
                .containsPattern("dr7 +0x400 +\\[ LEN3=1 ");
        assertThat(guest.answer("info registers idt"))
                .contains("0xfffffe0000000000")
                .doesNotContain("gdtr");
    }
}
