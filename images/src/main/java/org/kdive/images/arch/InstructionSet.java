package org.kdive.images.arch;

/** How a processor reads code at this moment: its architecture and the mode that decides how an instruction is cut. */
public enum InstructionSet {
    X86_16,
    X86_32,
    X86_64,
    ARM64,
    ARM,
    THUMB,
    RISCV32,
    RISCV64;

    /** The most bytes one instruction can take. Intel SDM volume 2, 2.3.11; Arm ARM; RISC-V with the C extension. */
    public int longestBytes() {
        return switch (this) {
            case X86_16, X86_32, X86_64 -> 15;
            case ARM64, ARM, THUMB, RISCV32, RISCV64 -> 4;
        };
    }

    /** Whether the two ways of writing x86 assembly mean anything here. */
    boolean isX86() {
        return switch (this) {
            case X86_16, X86_32, X86_64 -> true;
            case ARM64, ARM, THUMB, RISCV32, RISCV64 -> false;
        };
    }
}
