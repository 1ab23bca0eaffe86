package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RegisterDecoderTest {
    @Test
    void namesTheBitsOfX86ControlRegisters() {
        RegisterDecoder x86 = RegisterDecoder.x86();
        assertThat(x86.decode("cr0", 0x80050033L)).hasValue("[ PG AM WP NE ET MP PE ]");
        assertThat(x86.decode("CR4", 0x6b0)).hasValue("[ OSXMMEXCPT OSFXSR PGE PAE PSE ]");
        assertThat(x86.decode("efer", 0xd01)).hasValue("[ NX LMA LME SCE ]");
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
        assertThat(arm64.decode("ESR_EL1", 0x96000045L)).hasValue("[ EC=data abort in the kernel IL ISS=0x45 ]");
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
                int above = 64;
                for (BitField field : decoder.fields(name)) {
                    assertThat(field.lowBit() + field.bits())
                            .as(name + "." + field.name())
                            .isLessThanOrEqualTo(above);
                    above = field.lowBit();
                }
            }
        }
    }
}
