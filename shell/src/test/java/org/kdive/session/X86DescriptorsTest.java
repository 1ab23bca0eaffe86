package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What QEMU 7.2's monitor answers to "info registers -a", as far as it matters here. */
final class X86DescriptorsTest {
    private static final String TWO_CPUS = """

            CPU#0
            RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000000
            RIP=000000000000fff0 RFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
            CS =f000 ffff0000 0000ffff 00009b00
            LDT=0000 00000000 0000ffff 00008200
            GDT=     00000000 0000ffff
            DR0=0000000000000000 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000
            DR6=00000000ffff0ff0 DR7=0000000000000400
            CPU#1
            ES =0000 0000000000000000 00000000 00000000
            CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]
            SS =0018 0000000000000000 ffffffff 00cf9300 DPL=0 DS   [-WA]
            TR =0040 fffffe000003e000 00004087 00008b00 DPL=0 TSS64-busy
            GDT=     fffffe000003c000 0000007f
            IDT=     fffffe0000000000 00000fff
            CR0=80050033 CR2=00007ffd8d5f9ff8 CR3=0000000002a0a000 CR4=000006f0
            DR0=0000000000000000 DR1=ffffffff81000000 DR2=0000000000000000 DR3=0000000000000000
            """;

    @Test
    void tellsTheProcessorsApart() {
        assertThat(X86Descriptors.parse(TWO_CPUS, 0).segments().get("cs"))
                .hasToString("base=0xffff0000 limit=0xffff CS16 DPL=0 [ R A ]");
        X86Descriptors second = X86Descriptors.parse(TWO_CPUS, 1);
        assertThat(second.segments().get("cs")).hasToString("base=0x0 limit=0xffffffff CS64 DPL=0 [ R A ]");
        assertThat(second.segments().get("ss")).hasToString("base=0x0 limit=0xffffffff DS DPL=0 [ W A ]");
        assertThat(second.segments().get("es")).hasToString("base=0x0 limit=0x0 not present");
        assertThat(second.segments().get("tr")).hasToString("base=0xfffffe000003e000 limit=0x4087 TSS busy DPL=0");
        assertThat(second.tables().get("idt")).isEqualTo(new X86Descriptors.Table(0xfffffe0000000000L, 0xfff));
        assertThat(second.debug()).containsEntry("dr1", 0xffffffff81000000L);
        assertThat(X86Descriptors.parse(TWO_CPUS, 0).debug()).containsEntry("dr7", 0x400L);
    }

    @Test
    void findsNothingInOtherWords() {
        assertThat(X86Descriptors.parse("unknown command: 'info registers'", 0).segments())
                .isEmpty();
        assertThat(X86Descriptors.parse(TWO_CPUS, 2).segments()).isEmpty();
    }
}
