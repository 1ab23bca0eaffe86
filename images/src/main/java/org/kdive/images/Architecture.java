package org.kdive.images;

import java.nio.ByteOrder;
import java.util.Optional;

/** A processor architecture a kernel is built for, with the byte order that its kernels nearly always use. */
public enum Architecture {
    X86_64("x86_64", 8, ByteOrder.LITTLE_ENDIAN),
    X86_32("i386", 4, ByteOrder.LITTLE_ENDIAN),
    ARM64("arm64", 8, ByteOrder.LITTLE_ENDIAN),
    ARM("arm", 4, ByteOrder.LITTLE_ENDIAN),
    RISCV64("riscv64", 8, ByteOrder.LITTLE_ENDIAN),
    RISCV32("riscv32", 4, ByteOrder.LITTLE_ENDIAN),
    LOONGARCH64("loongarch64", 8, ByteOrder.LITTLE_ENDIAN),
    MIPS64("mips64", 8, ByteOrder.BIG_ENDIAN),
    MIPS("mips", 4, ByteOrder.BIG_ENDIAN),
    PPC64("ppc64", 8, ByteOrder.BIG_ENDIAN),
    PPC("ppc", 4, ByteOrder.BIG_ENDIAN),
    S390X("s390x", 8, ByteOrder.BIG_ENDIAN);

    private final String label;
    private final int pointerBytes;
    private final ByteOrder byteOrder;

    Architecture(String label, int pointerBytes, ByteOrder byteOrder) {
        this.label = label;
        this.pointerBytes = pointerBytes;
        this.byteOrder = byteOrder;
    }

    /** The usual name in small letters: {@code x86_64}, {@code arm64}. */
    public String label() {
        return label;
    }

    public int pointerBytes() {
        return pointerBytes;
    }

    public ByteOrder byteOrder() {
        return byteOrder;
    }

    /** By ELF e_machine (gABI, "ELF Header", and the registry of machine numbers) and class; empty if not ours. */
    public static Optional<Architecture> ofElf(int machine, boolean is64Bit) {
        Architecture found = switch (machine) {
            case 3 -> X86_32;
            case 62 -> X86_64;
            case 40 -> ARM;
            case 183 -> ARM64;
            case 243 -> is64Bit ? RISCV64 : RISCV32;
            case 258 -> is64Bit ? LOONGARCH64 : null;
            case 8 -> is64Bit ? MIPS64 : MIPS;
            case 20 -> PPC;
            case 21 -> PPC64;
            case 22 -> is64Bit ? S390X : null;
            default -> null;
        };
        return Optional.ofNullable(found);
    }
}
