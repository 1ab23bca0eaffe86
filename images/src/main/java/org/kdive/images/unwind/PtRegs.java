package org.kdive.images.unwind;

import java.util.List;

// r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss, 8 bytes each
/** {@code struct pt_regs} of x86-64. Linux arch/x86/include/asm/ptrace.h. */
final class PtRegs {
    static final List<String> NAMES = List.of(
            "r15",
            "r14",
            "r13",
            "r12",
            "rbp",
            "rbx",
            "r11",
            "r10",
            "r9",
            "r8",
            "rax",
            "rcx",
            "rdx",
            "rsi",
            "rdi",
            "orig_rax",
            "rip",
            "cs",
            "eflags",
            "rsp",
            "ss");

    static final int BYTES = 168;

    /** Where the part that the processor itself pushes begins: ip, cs, flags, sp, ss. */
    static final int HARDWARE = 128;

    private PtRegs() {}
}
