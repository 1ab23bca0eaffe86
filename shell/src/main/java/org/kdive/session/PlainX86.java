package org.kdive.session;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The few instructions of 64-bit x86 that functions begin with and that touch nothing but registers: what they do can be
 * done for the processor. Everything else is empty. Intel SDM vol. 2; what AMD and Intel leave undefined is as QEMU has it.
 */
final class PlainX86 {
    /** No instruction here is longer. */
    static final int MOST_BYTES = 15;

    private static final List<String> NAMES = List.of(
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");
    private static final int REX_W = 8;
    private static final int REX_R = 4;
    private static final int REX_B = 1;
    private static final long LOW_HALF = 0xffffffffL;
    // EFLAGS: OF SF AF CF are cleared by xor with itself, ZF PF set
    private static final long CLEARED = 1 << 11 | 1 << 7 | 1 << 4 | 1;
    private static final long SET = 1 << 6 | 1 << 2;

    private final byte[] code;
    private final ToLongFunction<String> registers;
    private final Map<String, Long> effect = new TreeMap<>();
    private int at;
    private int rex;

    private PlainX86(byte[] code, ToLongFunction<String> registers) {
        this.code = code;
        this.registers = registers;
    }

    /**
     * What registers are after it, by name, {@code rip} among them; empty for an instruction that is not plain.
     *
     * @param code its bytes, and what follows
     * @param registers the values before, in 64-bit mode
     */
    static Optional<Map<String, Long>> effect(byte[] code, ToLongFunction<String> registers) {
        PlainX86 it = new PlainX86(code, registers);
        long target;
        try {
            target = it.run();
        } catch (IndexOutOfBoundsException e) {
            return Optional.empty(); // its end lies on a page that cannot be read
        }
        if (it.at == 0) {
            return Optional.empty();
        }
        it.effect.put("rip", registers.applyAsLong("rip") + it.at + target);
        return Optional.of(it.effect);
    }

    /** The jump's distance; {@code at} is the length, or 0 for what is not plain. */
    private long run() {
        if (isNop()) {
            return 0;
        }
        at = 0;
        int opcode = next();
        if ((opcode & 0xf0) == 0x40) {
            rex = opcode;
            opcode = next();
        }
        if (rex == 0 && opcode == 0xeb) { // jmp rel8
            return (byte) next();
        }
        if (rex == 0 && opcode == 0xe9) { // jmp rel32
            return immediate();
        }
        if ((opcode & 0xf8) == 0xb8 && (rex & REX_W) == 0) { // mov r32, imm32
            set(opcode & 7 | (rex & REX_B) << 3, immediate() & LOW_HALF);
        } else if (opcode == 0x89 || opcode == 0x8b || opcode == 0x31 || opcode == 0x33) {
            betweenRegisters(opcode);
        } else {
            at = 0;
        }
        return 0;
    }

    // mov r/m, r   mov r, r/m   xor r/m, r   xor r, r/m
    private void betweenRegisters(int opcode) {
        int modrm = next();
        if (modrm >> 6 != 3) {
            at = 0;
            return;
        }
        int reg = modrm >> 3 & 7 | (rex & REX_R) << 1;
        int rm = modrm & 7 | (rex & REX_B) << 3;
        if (opcode == 0x31 || opcode == 0x33) {
            if (reg != rm) {
                at = 0;
                return;
            }
            set(reg, 0);
            effect.put("eflags", registers.applyAsLong("eflags") & ~CLEARED | SET);
            return;
        }
        int from = opcode == 0x89 ? reg : rm;
        long value = registers.applyAsLong(NAMES.get(from));
        set(opcode == 0x89 ? rm : reg, (rex & REX_W) == 0 ? value & LOW_HALF : value);
    }

    // 90     66* 2e* 0f 1f /0     f3 0f 1e fa (endbr64)
    private boolean isNop() {
        if (code.length >= 4 && byteAt(0) == 0xf3 && byteAt(1) == 0x0f && byteAt(2) == 0x1e && byteAt(3) == 0xfa) {
            at = 4;
            return true;
        }
        int opcode = next();
        while ((opcode == 0x66 || opcode == 0x2e) && at < MOST_BYTES) {
            opcode = next();
        }
        if (opcode == 0x90) {
            return true;
        }
        if (opcode != 0x0f || next() != 0x1f) {
            return false;
        }
        int modrm = next();
        int mod = modrm >> 6;
        if ((modrm >> 3 & 7) != 0) {
            return false;
        }
        int base = modrm & 7;
        if (mod != 3 && base == 4) {
            base = next() & 7; // SIB
        }
        int displacement = mod == 1 ? 1 : mod == 2 || mod == 0 && base == 5 ? 4 : 0;
        at += displacement;
        return at <= code.length;
    }

    private void set(int register, long value) {
        effect.put(NAMES.get(register), value);
    }

    private int immediate() {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    private int next() {
        return byteAt(at++);
    }

    private int byteAt(int index) {
        return code[index] & 0xff;
    }
}
