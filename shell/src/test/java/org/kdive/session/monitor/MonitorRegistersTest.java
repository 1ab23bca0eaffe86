package org.kdive.session.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Texts of QEMU 7.2.22. */
final class MonitorRegistersTest {
    private static final String X86 = """

            CPU#0
            RAX=000000000001ad40 RBX=0000000000000000 RCX=0000000000000001 RDX=4000000000000000
            RSI=0000000000000083 RDI=000000000002a42c RBP=ffffffff9dc1aa40 RSP=ffffffff9dc03e98
            R8 =0000000000000008 R9 =0000000031561af8 R10=0000000000000000 R11=0000000000000001
            R12=0000000000000000 R13=0000000000000000 R14=0000000000000000 R15=0000000000014790
            RIP=ffffffff9cc17a0b RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
            ES =0000 0000000000000000 00000000 00000000
            CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]
            SS =0018 0000000000000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
            DS =0000 0000000000000000 00000000 00000000
            FS =0000 0000000000000000 00000000 00000000
            GS =0000 ffff8ee25f200000 00000000 00000000
            LDT=0000 0000000000000000 00000000 00008200 DPL=0 LDT
            GDT=     fffffe0000001000 0000007f
            CR0=80050033 CR2=00000000337ab578 CR3=000000001fe20000 CR4=000006b0
            DR6=00000000ffff0ff0 DR7=0000000000000400
            EFER=0000000000000d01
            """.replace("\n", "\r\n");
    private static final String ARM64 = """
             PC=ffffd6301ebaf4fc X00=0000000000000005 X01=ffff39479feca558
            X02=0000000000000569 X29=ffffd6301f813d50 X30=ffffd6301ebaf514  SP=ffffd6301f813d50
            PSTATE=400000c5 -Z-- EL1h     FPCR=00000000 FPSR=00000000
            """;

    private static MonitorRegisters of(String target) {
        return MonitorRegisters.of(target).orElseThrow();
    }

    @Test
    void packsWhatX86ShowsLittleEndianInTheDescriptionsOrder() {
        String g = of("x86_64").packed(X86);
        assertThat(g).startsWith("40ad010000000000").hasSize(2 * (17 * 8 + 7 * 4 + 7 * 8));
        int flags = 2 * 17 * 8;
        assertThat(g.substring(flags - 16, flags)).isEqualTo("0b7ac19cffffffff"); // rip
        assertThat(g.substring(flags, flags + 16)).isEqualTo("4602000010000000"); // eflags, cs
        String bases = g.substring(flags + 2 * 7 * 4);
        assertThat(bases)
                .startsWith("0000000000000000" + "0000205fe28effff" + "3300058000000000")
                .endsWith("b006000000000000" + "010d000000000000");
    }

    @Test
    void namesThe32BitOnesLikeTheOthers() {
        assertThat(of("x86_64").packed("EAX=00000663 EIP=0000fff0 EFL=00000002 [-------] CPL=0"))
                .startsWith("6306000000000000" + "x".repeat(16))
                .contains("f0ff000000000000" + "02000000" + "xxxxxxxx");
    }

    @Test
    void packsWhatArm64ShowsAndMarksWhatItDoesNot() {
        String g = of("aarch64").packed(ARM64);
        assertThat(g).startsWith("0500000000000000" + "58a5ec9f4739ffff" + "6905000000000000" + "xxxxxxxxxxxxxxxx");
        assertThat(g).endsWith("14f5ba1e30d6ffff" + "503d811f30d6ffff" + "fcf4ba1e30d6ffff" + "c5000040");
    }

    @Test
    void oneRegisterByItsNumberAndNoneBeyondTheLast() {
        assertThat(of("x86_64").packed(16, X86)).contains("0b7ac19cffffffff");
        assertThat(of("x86_64").packed(31, X86)).isEmpty();
        assertThat(of("x86_64").packed(-1, X86)).isEmpty();
    }

    @Test
    void knowsWhatItDoesNotKnow() {
        assertThat(MonitorRegisters.of("riscv64")).isEmpty();
        assertThat(of("aarch64").packed("garbage = 12 \u0000\u001b[1m")).matches("x+");
    }
}
