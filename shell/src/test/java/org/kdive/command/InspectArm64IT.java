package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be read of one stopped arm64 guest, in a system call of its first program. */
@Timeout(240)
final class InspectArm64IT {
    private static BootedGuest guest;

    @BeforeAll
    static void boot() {
        guest = BootedGuest.stoppedAt("debian/arm64", "do_sys_openat2");
    }

    @AfterAll
    static void end() {
        guest.close();
    }

    @Test
    void showsTheSystemRegistersBitByBit() {
        assertThat(guest.answer("info registers control"))
                .containsPattern("SCTLR +0x[0-9a-f]+ +\\[ .* UCI SPAN .* UCT DZE I .* SA0 SA C M ]")
                .containsPattern("TCR_EL1 +0x[0-9a-f]+ +\\[ .* TG1=4K SH1=inner .* A1 T1SZ=0x10 TG0=4K .* T0SZ=0x10 ]")
                .containsPattern("TTBR1_EL1 +0x[0-9a-f]+ +\\[ (ASID=0x[0-9a-f]+ )?BADDR=0x[0-9a-f]+000 (CnP )?]")
                .containsPattern("MAIR_EL1 +0x[0-9a-f]+ +\\[ .* Attr1=Normal-WB .*Attr0=Normal-WB ]")
                .containsPattern("VBAR +0x[0-9a-f]+ +0x[0-9a-f]+ <vectors>")
                .containsPattern("CNTKCTL +0x[0-9a-f]+ +\\[ .*EL0VCTEN .*]");
        // the guest came here by svc
        assertThat(guest.answer("info registers ESR_EL1")).containsPattern("0x56000000 +\\[ EC=svc IL ]");
        assertThat(guest.answer("info registers cpsr")).containsPattern("\\[ .*M=EL1h ]");
        assertThat(guest.answer("info registers SPSR_EL1")).containsPattern("\\[ .*M=EL[01][th] ]");
    }

    @Test
    void showsWhatTheProcessorCanDo() {
        assertThat(guest.answer("info registers ID_AA64MMFR0_EL1"))
                .containsPattern("\\[ .*TGran4=yes .*PARange=\\d+ ]");
        assertThat(guest.answer("info registers ID_AA64ISAR0_EL1")).containsPattern("\\[ .*AES=0x2 ]");
        assertThat(guest.answer("info registers FPCR")).containsPattern("\\[ RMode=nearest ]");
    }

    @Test
    void explainsEveryByteOfTheCodeThatIsNotTheImages() {
        assertThat(guest.answer("compare-sections .text"))
                .contains("matched but for its patches")
                .containsPattern("\\d{3,} alternatives")
                .containsPattern("\\d{2,} jump labels")
                .containsPattern("\\d{4,} ftrace entries")
                .doesNotContain("not explained");
    }
}
