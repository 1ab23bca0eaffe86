package org.kdive.images.arch;

import java.util.Optional;
import org.kdive.images.Architecture;

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

    /** What a kernel of the architecture is made of; empty for one whose code we cannot read. */
    public static Optional<InstructionSet> find(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> Optional.of(X86_64);
            case X86_32 -> Optional.of(X86_32);
            case ARM64 -> Optional.of(ARM64);
            case ARM -> Optional.of(ARM);
            case RISCV64 -> Optional.of(RISCV64);
            case RISCV32 -> Optional.of(RISCV32);
            case LOONGARCH64, MIPS64, MIPS, PPC64, PPC, S390X -> Optional.empty();
        };
    }

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
