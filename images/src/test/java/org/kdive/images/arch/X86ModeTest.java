package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class X86ModeTest {
    @Test
    void startsInRealMode() {
        X86Mode reset = X86Mode.of(0x60000010, 0, 2, 0xf000, Optional.empty());
        assertThat(reset.set()).isEqualTo(InstructionSet.X86_16);
        assertThat(reset).hasToString("real mode");
        assertThat(reset.codeBase(0xf000)).isEqualTo(0xf0000);
        assertThat(reset.isLinear()).isFalse();
    }

    @Test
    void knowsProtectedModeBySelectorOrDescriptor() {
        assertThat(X86Mode.of(0x11, 0, 2, 0x10, Optional.empty())).hasToString("32-bit protected mode, ring 0");
        assertThat(X86Mode.of(0x11, 0, 2, 0x20, Optional.of(new SegmentAccess(0x9b00))))
                .hasToString("16-bit protected mode, ring 0");
        assertThat(X86Mode.of(0x80000011L, 0, 0x20002, 0x1000, Optional.empty()))
                .hasToString("virtual-8086 mode");
    }

    @Test
    void knowsTheKernelAndUsersOfLongMode() {
        X86Mode kernel = X86Mode.of(0x80050033L, 0xd01, 2, 0x10, Optional.of(new SegmentAccess(0xaf9b00)));
        assertThat(kernel).hasToString("64-bit mode, ring 0");
        assertThat(kernel.isLinear()).isTrue();
        assertThat(X86Mode.of(0x80050033L, 0xd01, 2, 0x33, Optional.empty())).hasToString("64-bit mode, ring 3");
        assertThat(X86Mode.of(0x80050033L, 0xd01, 2, 0x23, Optional.empty()))
                .hasToString("32-bit compatibility mode, ring 3");
        assertThat(X86Mode.of(0x80050033L, 0x500, 2, 0x10, Optional.of(new SegmentAccess(0xcf9b00))))
                .hasToString("32-bit compatibility mode, ring 0");
    }

    @Test
    void readsSegmentDescriptorsAsQemuPrintsThem() {
        assertThat(new SegmentAccess(0x00af9b00)).hasToString("CS64 DPL=0 [ R A ]");
        assertThat(new SegmentAccess(0x00cf9300)).hasToString("DS DPL=0 [ W A ]");
        assertThat(new SegmentAccess(0x00cffa00)).hasToString("CS32 DPL=3 [ R ]");
        assertThat(new SegmentAccess(0x00008b00)).hasToString("TSS busy DPL=0");
        assertThat(new SegmentAccess(0)).hasToString("not present");
    }
}
