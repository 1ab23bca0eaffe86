package org.kdive.images;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** A processor architecture a kernel is built for, with the byte order that its kernels nearly always use. */
public enum Architecture {
    X86_64("x86_64", 8, ByteOrder.LITTLE_ENDIAN, 62),
    X86_32("i386", 4, ByteOrder.LITTLE_ENDIAN, 3),
    ARM64("arm64", 8, ByteOrder.LITTLE_ENDIAN, 183),
    ARM("arm", 4, ByteOrder.LITTLE_ENDIAN, 40),
    RISCV64("riscv64", 8, ByteOrder.LITTLE_ENDIAN, 243),
    RISCV32("riscv32", 4, ByteOrder.LITTLE_ENDIAN, 243),
    LOONGARCH64("loongarch64", 8, ByteOrder.LITTLE_ENDIAN, 258),
    MIPS64("mips64", 8, ByteOrder.BIG_ENDIAN, 8),
    MIPS("mips", 4, ByteOrder.BIG_ENDIAN, 8),
    PPC64("ppc64", 8, ByteOrder.BIG_ENDIAN, 21),
    PPC("ppc", 4, ByteOrder.BIG_ENDIAN, 20),
    S390X("s390x", 8, ByteOrder.BIG_ENDIAN, 22);

    private final String label;
    private final int pointerBytes;
    private final ByteOrder byteOrder;
    private final int elfMachine;

    Architecture(String label, int pointerBytes, ByteOrder byteOrder, int elfMachine) {
        this.label = label;
        this.pointerBytes = pointerBytes;
        this.byteOrder = byteOrder;
        this.elfMachine = elfMachine;
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

    /** The e_machine of its ELF files. */
    public int elfMachine() {
        return elfMachine;
    }

    /** By ELF e_machine (gABI, "ELF Header", and the registry of machine numbers) and class; empty if not ours. */
    public static Optional<Architecture> ofElf(int machine, boolean is64Bit) {
        int pointerBytes = is64Bit ? 8 : 4;
        return Arrays.stream(values())
                .filter(known -> known.elfMachine == machine && known.pointerBytes == pointerBytes)
                .findFirst();
    }
}
