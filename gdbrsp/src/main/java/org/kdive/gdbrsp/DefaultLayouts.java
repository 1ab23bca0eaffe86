package org.kdive.gdbrsp;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Registers of stubs that do not describe their target, told by how many bytes {@code g} has: KGDB's (arch/*&#47;kernel/kgdb.c,
 * dbg_reg_def) and those that gdb takes for granted. The first registers of each are the same.
 */
final class DefaultLayouts {
    private static final List<TargetDescription> KNOWN = List.of(
            x86of64(false), // 156
            x86of64(true), // 164, and 536 with those of x87 and SSE, which are not named
            arm64(), // 788
            riscv64(), // 264
            x86of32(), // 64
            arm()); // 168

    private DefaultLayouts() {}

    /** Empty when {@code g} has a size of nobody's. */
    static Optional<TargetDescription> ofSize(int bytes) {
        return switch (bytes) {
            case 156 -> Optional.of(KNOWN.get(0));
            case 164, 536, 560, 568 -> Optional.of(KNOWN.get(1));
            case 268, 788, 796 -> Optional.of(KNOWN.get(2));
            case 264 -> Optional.of(KNOWN.get(3));
            case 64, 312, 344 -> Optional.of(KNOWN.get(4));
            case 168 -> Optional.of(KNOWN.get(5));
            default -> Optional.empty();
        };
    }

    /** BUFMAX of KGDB for the architecture: arch/*&#47;include/asm/kgdb.h. */
    static int bufferBytes(TargetDescription description) {
        return switch (description.architecture()) {
            case "i386:x86-64", "i386" -> 1024;
            case "aarch64", "riscv:rv64" -> 2048;
            default -> 400;
        };
    }

    private static TargetDescription x86of64(boolean gdbs) {
        List<Register> all = new ArrayList<>();
        add(all, 64, "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip");
        add(all, 32, gdbs ? "eflags cs ss ds es fs gs" : "eflags cs ss ds es");
        return new TargetDescription("i386:x86-64", ByteOrder.LITTLE_ENDIAN, all);
    }

    private static TargetDescription x86of32() {
        List<Register> all = new ArrayList<>();
        add(all, 32, "eax ecx edx ebx esp ebp esi edi eip eflags cs ss ds es fs gs");
        return new TargetDescription("i386", ByteOrder.LITTLE_ENDIAN, all);
    }

    private static TargetDescription arm64() {
        List<Register> all = new ArrayList<>();
        add(all, 64, numbered("x", 31) + " sp pc");
        add(all, 32, "cpsr");
        return new TargetDescription("aarch64", ByteOrder.LITTLE_ENDIAN, all);
    }

    private static TargetDescription riscv64() {
        List<Register> all = new ArrayList<>();
        add(all, 64, "zero ra sp gp tp t0 t1 t2 fp s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11");
        add(all, 64, "t3 t4 t5 t6 pc");
        return new TargetDescription("riscv:rv64", ByteOrder.LITTLE_ENDIAN, all);
    }

    private static TargetDescription arm() {
        List<Register> all = new ArrayList<>();
        add(all, 32, numbered("r", 13) + " sp lr pc");
        add(all, 96, numbered("f", 8));
        add(all, 32, "fps cpsr");
        return new TargetDescription("arm", ByteOrder.LITTLE_ENDIAN, all);
    }

    private static String numbered(String letter, int count) {
        return String.join(
                " ", IntStream.range(0, count).mapToObj(i -> letter + i).toList());
    }

    private static void add(List<Register> all, int bits, String names) {
        for (String name : names.split(" ", -1)) {
            all.add(new Register(name, all.size(), bits, type(name, bits), "general", ""));
        }
    }

    private static String type(String name, int bits) {
        return switch (name) {
            case "rip", "eip", "pc" -> "code_ptr";
            case "rsp", "rbp", "esp", "ebp", "sp" -> "data_ptr";
            default -> "int" + bits;
        };
    }
}
