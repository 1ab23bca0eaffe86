package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RegisterDecoderTest {
    @Test
    void namesTheBitsOfX86ControlRegisters() {
        RegisterDecoder x86 = RegisterDecoder.x86();
        assertThat(x86.decode("cr0", 0x80050033L)).hasValue("[ PG AM WP NE ET MP PE ]");
        assertThat(x86.decode("CR4", 0x6b0)).hasValue("[ OSXMMEXCPT OSFXSR PGE PAE PSE ]");
        assertThat(x86.decode("efer", 0xd01)).hasValue("[ NXE LMA LME SCE ]");
        assertThat(x86.decode("eflags", 0x3246)).hasValue("[ IOPL=0x3 IF ZF PF ]");
        assertThat(x86.decode("mxcsr", 0x1f80)).hasValue("[ RC=nearest PM UM OM ZM DM IM ]");
        assertThat(x86.decode("cr0", 0)).hasValue("[ ]");
        assertThat(x86.decode("rax", 1)).isEmpty();
    }

    @Test
    void groupsX86RegistersAsGdbDoes() {
        RegisterDecoder x86 = RegisterDecoder.x86();
        assertThat(List.of("rax", "r15", "rip", "eflags")).allMatch(r -> x86.group(r) == RegisterGroup.GENERAL);
        assertThat(List.of("cs", "fs_base", "k_gs_base")).allMatch(r -> x86.group(r) == RegisterGroup.SEGMENT);
        assertThat(List.of("cr3", "efer")).allMatch(r -> x86.group(r) == RegisterGroup.CONTROL);
        assertThat(List.of("xmm0", "mxcsr")).allMatch(r -> x86.group(r) == RegisterGroup.VECTOR);
        assertThat(List.of("st0", "fctrl", "fop")).allMatch(r -> x86.group(r) == RegisterGroup.FLOAT);
        assertThat(x86.group("something")).isEqualTo(RegisterGroup.SYSTEM);
    }

    @Test
    void decodesArm64State() {
        RegisterDecoder arm64 = RegisterDecoder.arm64();
        assertThat(arm64.decode("cpsr", 0x600000c5L)).hasValue("[ Z C I F M=EL1h ]");
        assertThat(arm64.decode("SCTLR_EL1", 0x1005)).hasValue("[ I C M ]");
        assertThat(arm64.decode("TCR_EL1", 0x00000032b5503510L))
                .hasValueSatisfying(text -> assertThat(text).contains("TG1=4K", "TG0=4K", "T0SZ=0x10", "T1SZ=0x10"));
        assertThat(arm64.decode("MPIDR_EL1", 0x80000003L)).hasValue("[ Aff0=0x3 ]");
        assertThat(arm64.decode("TTBR1_EL1", 0x00010000419d3001L)).hasValue("[ ASID=0x1 BADDR=0x419d3000 CnP ]");
        assertThat(arm64.decode("TTBR0_EL1", 0x0000000041a00000L)).hasValue("[ BADDR=0x41a00000 ]");
        assertThat(arm64.decode("ESR_EL1", 0x96000045L))
                .hasValue("[ EC=data abort in the kernel IL WnR DFSC=translation fault, level 1 ]");
    }

    @Test
    void readsTheSyndromeOfAnAbort() {
        Arm64Syndrome write = new Arm64Syndrome(0x96000045L);
        assertThat(write.className()).isEqualTo("data abort in the kernel");
        assertThat(write.isAbort()).isTrue();
        assertThat(write.isWrite()).isTrue();
        assertThat(write.fault()).hasValue("translation fault, level 1");
        Arm64Syndrome svc = new Arm64Syndrome(0x56000000L);
        assertThat(svc.className()).isEqualTo("svc");
        assertThat(svc.isAbort()).isFalse();
        assertThat(svc.fault()).isEmpty();
        assertThat(new Arm64Syndrome(0xac000000L).className()).isEqualTo("exception class 0x2b");
    }

    /** Values seen in guests of QEMU 7.2 and in the manuals, with every register that kdive has bits for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x86   | cr3      | 8000000006c0a006 | [ PDBR=0x6c0a000 PCID=0x6 ]
                    x86   | cr4      | 00000000003506f0 | [ SMAP SMEP OSXSAVE FSGSBASE OSXMMEXCPT OSFXSR PGE MCE PAE PSE ]
                    x86   | cr4      | 0000000000021ef0 | [ PCIDE LA57 UMIP OSXMMEXCPT OSFXSR PGE MCE PAE PSE ]
                    x86   | cr8      | 000000000000000f | [ TPR=0xf ]
                    x86   | eflags   | 0000000000000246 | [ IF ZF PF ]
                    x86   | eflags   | 0000000000050202 | [ AC RF IF ]
                    x86   | cs       | 0000000000000033 | [ INDEX=0x6 RPL=0x3 ]
                    x86   | cs       | 0000000000000010 | [ INDEX=0x2 ]
                    x86   | fctrl    | 000000000000037f | [ RC=nearest PC=extended PM UM OM ZM DM IM ]
                    x86   | fctrl    | 0000000000000e72 | [ RC=zero PC=double PM UM DM ]
                    x86   | fstat    | 0000000000003801 | [ TOP=0x7 IE ]
                    x86   | fstat    | 000000000000c1a0 | [ B C3 C0 ES PE ]
                    x86   | mxcsr    | 000000000000ffc0 | [ FZ RC=zero PM UM OM ZM DM IM DAZ ]
                    x86   | dr6      | 00000000ffff4ff1 | [ RTM BS BLD B0 ]
                    x86   | dr7      | 0000000000d10402 | [ LEN0=1 RW0=write G0 ]
                    x86   | dr7      | 0000000000d10408 | [ LEN1=4 RW1=write G1 ]
                    x86   | dr7      | 0000000000000400 | [ ]
                    arm64 | SCTLR    | 0200000034f4d91d | [ EPAN LSMAOE nTLSMD UCI SPAN EIS IESB TSCXT nTWE UCT DZE I EOS SED SA0 SA C M ]
                    arm64 | TCR_EL1  | 00500074b5503510 | [ NFD1 TBID1 TBI1 TBI0 AS IPS=44 TG1=4K SH1=inner ORGN1=write-back IRGN1=write-back A1 T1SZ=0x10 TG0=4K SH0=inner ORGN0=write-back IRGN0=write-back T0SZ=0x10 ]
                    arm64 | ESR_EL1  | 0000000096000006 | [ EC=data abort in the kernel IL DFSC=translation fault, level 2 ]
                    arm64 | ESR_EL1  | 000000009200004f | [ EC=data abort of user code IL WnR DFSC=permission fault, level 3 ]
                    arm64 | ESR_EL1  | 0000000093c08007 | [ EC=data abort of user code IL ISV SAS=doubleword SF DFSC=translation fault, level 3 ]
                    arm64 | ESR_EL1  | 0000000082000007 | [ EC=instruction abort of user code IL IFSC=translation fault, level 3 ]
                    arm64 | ESR_EL1  | 0000000056000000 | [ EC=svc IL ]
                    arm64 | ESR_EL1  | 00000000f2000800 | [ EC=brk IL Comment=0x800 ]
                    arm64 | ESR_EL1  | 000000006232c0b9 | [ EC=system register trapped IL Op0=0x3 Op2=0x1 Op1=0x3 Rt=0x5 CRm=0xc read ]
                    arm64 | ESR_EL1  | 00000000bf000002 | [ EC=SError IL IDS DFSC=address size fault, level 2 ]
                    arm64 | cpsr     | 0000000060400005 | [ Z C PAN M=EL1h ]
                    arm64 | SPSR_EL1 | 0000000080000000 | [ N M=EL0t ]
                    arm64 | SPSR_EL1 | 0000000060000030 | [ Z C T M=usr ]
                    arm64 | MAIR_EL1 | 000000040044ffff | [ Attr7=Device-nGnRnE Attr6=Device-nGnRnE Attr5=Device-nGnRnE Attr4=Device-nGnRE Attr3=Device-nGnRnE Attr2=Normal-NC Attr1=Normal-WB Attr0=Normal-WB ]
                    arm64 | CPACR    | 0000000000300000 | [ SMEN=nobody FPEN=all ZEN=nobody ]
                    arm64 | CNTKCTL  | 00000000000000d6 | [ EVNTI=0xd EVNTEN EL0VCTEN ]
                    arm64 | CNTV_CTL_EL0 | 0000000000000005 | [ ISTATUS ENABLE ]
                    arm64 | FPCR     | 0000000003400000 | [ DN FZ RMode=up ]
                    arm64 | FPSR     | 0000000008000011 | [ QC IXC IOC ]
                    arm64 | MPIDR_EL1 | 0000000080010203 | [ Aff2=0x1 Aff1=0x2 Aff0=0x3 ]
                    arm64 | MIDR_EL1 | 00000000411fd070 | [ Implementer=Arm Variant=0x1 Architecture=0xf PartNum=0xd07 ]
                    arm64 | CTR_EL0  | 000000008444c004 | [ CWG=0x4 ERG=0x4 DminLine=0x4 L1Ip=PIPT IminLine=0x4 ]
                    arm64 | MDSCR_EL1 | 000000000000a001 | [ MDE KDE SS ]
                    arm64 | ID_AA64PFR0_EL1 | 0000000000002222 | [ AdvSIMD=yes FP=yes EL3=64+32 EL2=64+32 EL1=64+32 EL0=64+32 ]
                    arm64 | ID_AA64ISAR0_EL1 | 0000000000011120 | [ CRC32=0x1 SHA2=0x1 SHA1=0x1 AES=0x2 ]
                    arm64 | ID_AA64DFR0_EL1 | 0000000010305106 | [ CTX_CMPs=0x1 WRPs=0x3 BRPs=0x5 PMUVer=0x1 DebugVer=0x6 ]
                    arm64 | ID_AA64MMFR0_EL1 | 0000000000001124 | [ TGran4=yes TGran64=yes TGran16=no SNSMem=0x1 BigEnd=0x1 ASIDBits=0x2 PARange=44 ]
                    arm64 | ID_AA64MMFR1_EL1 | 0000000000100001 | [ PAN=0x1 HAFDBS=0x1 ]
                    arm   | cpsr     | 0000000060000193 | [ Z C A I M=svc ]
                    arm   | SCTLR    | 0000000010c5387d | [ TRE U V I Z CP15BEN C M ]
                    arm   | DFSR     | 0000000000000817 | [ WnR Domain=0x1 FS=translation fault, page ]
                    arm   | DFSR     | 0000000000000a07 | [ WnR LPAE STATUS=translation fault, level 3 ]
                    arm   | IFSR     | 0000000000000005 | [ FS=translation fault, section ]
                    arm   | DACR     | 0000000000000051 | [ D15=none D14=none D13=none D12=none D11=none D10=none D9=none D8=none D7=none D6=none D5=none D4=none D3=client D2=client D1=none D0=client ]
                    arm   | fpscr    | 0000000003000010 | [ DN FZ RMode=nearest IXC ]
                    arm   | fpexc    | 0000000040000000 | [ EN ]
                    riscv64 | mstatus | 0000000a00000080 | [ SXL=64 UXL=64 XS=off FS=off MPP=U VS=off MPIE ]
                    riscv64 | sstatus | 8000000200006120 | [ SD UXL=64 XS=off FS=dirty VS=off SPP SPIE ]
                    riscv64 | scause | 000000000000000d | [ CODE=load page fault ]
                    riscv64 | scause | 8000000000000005 | [ INTERRUPT CODE=timer ]
                    riscv64 | satp   | a000000000081234 | [ MODE=Sv57 PPN=0x81234 ]
                    riscv64 | sie    | 0000000000000222 | [ SEIE STIE SSIE ]
                    riscv64 | mip    | 0000000000000080 | [ MTIP ]
                    riscv64 | stvec  | ffffffff80003a10 | [ BASE=0xffffffff80003a10 MODE=direct ]
                    riscv64 | misa   | 800000000014112d | [ MXL=64 U S M I F D C A ]
                    riscv64 | priv   | 0000000000000001 | [ PRV=S ]
                    riscv64 | medeleg | 000000000000b109 | [ store-page-fault load-page-fault instruction-page-fault ecall-of-user-code breakpoint instruction-misaligned ]
                    """)
    void readsWhatTheManualsSay(String architecture, String register, String value, String text) {
        RegisterDecoder decoder = switch (architecture) {
            case "x86" -> RegisterDecoder.x86();
            case "arm64" -> RegisterDecoder.arm64();
            case "arm" -> RegisterDecoder.arm();
            default -> RegisterDecoder.riscv64();
        };
        assertThat(decoder.decode(register, Long.parseUnsignedLong(value, 16))).hasValue(text);
    }

    @Test
    void decodesArmAndRiscv() {
        assertThat(RegisterDecoder.arm().decode("cpsr", 0x600001d3L)).hasValue("[ Z C A I F M=svc ]");
        assertThat(RegisterDecoder.riscv64().decode("satp", 0x9000000000081234L))
                .hasValue("[ MODE=Sv48 PPN=0x81234 ]");
        assertThat(RegisterDecoder.riscv64().decode("scause", 0x8000000000000005L))
                .hasValueSatisfying(
                        text -> assertThat(text).startsWith("[ INTERRUPT CODE=").contains("timer"));
    }

    @Test
    void keepsFieldsApartAndInOrder() {
        for (RegisterDecoder decoder : List.of(
                RegisterDecoder.x86(), RegisterDecoder.arm64(), RegisterDecoder.arm(), RegisterDecoder.riscv64())) {
            for (String name : decoder.registers()) {
                keepsFieldsApartAndInOrder(name, decoder.fields(name, 0));
                keepsFieldsApartAndInOrder(name, decoder.fields(name, -1));
                for (long exceptionClass = 0; exceptionClass < 64; exceptionClass++) {
                    keepsFieldsApartAndInOrder(name, decoder.fields(name, exceptionClass << 26 | 1 << 24));
                }
            }
        }
    }

    private static void keepsFieldsApartAndInOrder(String register, List<BitField> fields) {
        int above = 64;
        assertThat(fields).as(register).isNotEmpty();
        for (BitField field : fields) {
            assertThat(field.lowBit() + field.bits())
                    .as(register + "." + field.name())
                    .isLessThanOrEqualTo(above);
            above = field.lowBit();
        }
    }
}
