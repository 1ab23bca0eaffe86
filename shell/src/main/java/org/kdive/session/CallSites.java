package org.kdive.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kdive.images.Architecture;

/** Whether a word can be a return address: whether the instruction before it is a call. Session thread. */
final class CallSites {
    private static final int LONGEST_X86_CALL_BYTES = 7;

    private final Architecture architecture;
    private final StopMemory memory;

    CallSites(Architecture architecture, StopMemory memory) {
        this.architecture = architecture;
        this.memory = memory;
    }

    boolean isBehindCall(long address) {
        return switch (architecture) {
            case X86_64, X86_32 ->
                isBehindX86Call(memory.readPrefix(address - LONGEST_X86_CALL_BYTES, LONGEST_X86_CALL_BYTES));
            case ARM64 -> (address & 3) == 0 && isArm64Call(word(address - 4));
            case ARM -> isBehindArmCall(address);
            case RISCV64, RISCV32 -> (address & 1) == 0 && isBehindRiscvCall(address);
            default -> true;
        };
    }

    // Intel SDM vol. 2, CALL: e8 rel32 right before; ff /2 with its forms of 2, 3, 6 and 7 bytes
    private static boolean isBehindX86Call(byte[] before) {
        return before.length == LONGEST_X86_CALL_BYTES
                && ((before[2] & 0xff) == 0xe8
                        || isIndirectCall(before, 2)
                        || isIndirectCall(before, 3)
                        || isIndirectCall(before, 6)
                        || isIndirectCall(before, 7));
    }

    private static boolean isIndirectCall(byte[] before, int lengthBytes) {
        int at = LONGEST_X86_CALL_BYTES - lengthBytes;
        return (before[at] & 0xff) == 0xff && (before[at + 1] & 0x38) == 0x10;
    }

    // Arm ARM C6.2: BL imm26; BLR and its signed forms BLRAA, BLRAB, BLRAAZ, BLRABZ
    static boolean isArm64Call(int code) {
        return (code & 0xfc000000) == 0x94000000 || (code & 0xfefff000) == 0xd63f0000;
    }

    private boolean isBehindArmCall(long word) {
        return (word & 1) != 0
                ? isThumbCall(word(word - 5)) || isThumbCallThroughRegister(word(word - 5) >>> 16)
                : (word & 2) == 0 && isArmCall(word(word - 4));
    }

    // Arm ARM A8.8: BL and BLX to an address, BLX to a register
    static boolean isArmCall(int code) {
        return (code & 0x0f000000) == 0x0b000000
                || (code & 0xfe000000) == 0xfa000000
                || (code & 0x0ffffff0) == 0x012fff30;
    }

    // two halfwords, the first in the low half of the word
    static boolean isThumbCall(int code) {
        return (code & 0xf800) == 0xf000 && (code >>> 16 & 0xc000) == 0xc000;
    }

    static boolean isThumbCallThroughRegister(int half) {
        return (half & 0xff87) == 0x4780;
    }

    // RISC-V ISA, JAL and JALR with ra; c.jalr
    private boolean isBehindRiscvCall(long address) {
        int code = word(address - 4);
        int verb = code & 0xfff;
        return verb == 0x0ef || verb == 0x0e7 || (code >>> 16 & 0xf07f) == 0x9002 && (code >>> 23 & 31) != 0;
    }

    /** 0 where it cannot be read: no call of any of them. */
    private int word(long address) {
        byte[] bytes = memory.readPrefix(address, 4);
        return bytes.length < 4
                ? 0
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }
}
