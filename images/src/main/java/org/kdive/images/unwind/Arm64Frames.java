package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;

/** AAPCS64, 6.4.6: stp x29, x30, [sp, ...]; add x29, sp, #n. Return addresses may be signed (PAC). */
final class Arm64Frames implements FrameConvention {
    private static final int RET = 0xd65f03c0;
    private static final int AUTIASP = 0xd50323bf;

    private static final int FRAME_POINTER_MASK = 0xff8003ff;
    private static final int SET_FRAME_POINTER = 0x910003fd; // add x29, sp, #n, or mov x29, sp

    private final int addressBits;
    private final Optional<Arm64Exceptions> exceptions;

    Arm64Frames(int addressBits, Optional<Arm64Exceptions> exceptions) {
        this.addressBits = addressBits;
        this.exceptions = exceptions;
    }

    static boolean isReturn(int instruction) {
        return instruction == RET;
    }

    static boolean setsFramePointer(int instruction) {
        return (instruction & FRAME_POINTER_MASK) == SET_FRAME_POINTER;
    }

    @Override
    public Optional<Arm64Exceptions> exceptions() {
        return exceptions;
    }

    @Override
    public String pcName() {
        return "pc";
    }

    @Override
    public String spName() {
        return "sp";
    }

    @Override
    public String fpName() {
        return "x29";
    }

    @Override
    public long recordAddress(long fp) {
        return fp;
    }

    @Override
    public long callersSp(long fp) {
        return fp + 16;
    }

    // the record is the lowest part of a frame, below what the function keeps besides
    @Override
    public boolean isFrameAtRecord() {
        return false;
    }

    @Override
    public Optional<String> linkName() {
        return Optional.of("x30");
    }

    @Override
    public OptionalLong callersSpAboveFp(byte[] prologue) {
        ByteBuffer code = ByteBuffer.wrap(prologue).order(ByteOrder.LITTLE_ENDIAN);
        long taken = 0;
        while (code.remaining() >= 4) {
            int instruction = code.getInt();
            if (setsFramePointer(instruction)) {
                return OptionalLong.of(taken - immediate12(instruction));
            }
            taken += takenBy(instruction);
        }
        return OptionalLong.empty();
    }

    @Override
    public long takenBytes(byte[] bytes) {
        ByteBuffer code = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long taken = 0;
        while (code.remaining() >= 4) {
            taken += takenBy(code.getInt());
        }
        return taken;
    }

    // Arm ARM, C6.2: SUB (immediate), STP and STR with pre-index, their base the stack pointer
    private static long takenBy(int instruction) {
        if ((instruction & 0xff8003ff) == 0xd10003ff) { // sub sp, sp, #n
            return immediate12(instruction);
        }
        if ((instruction & 0xffc003e0) == 0xa98003e0) { // stp xA, xB, [sp, #-n]!
            return -8L * (instruction << 10 >> 25);
        }
        if ((instruction & 0xffe00fe0) == 0xf8000fe0) { // str xA, [sp, #-n]!
            return -(instruction << 11 >> 23);
        }
        return 0;
    }

    private static long immediate12(int instruction) {
        int value = instruction >>> 10 & 0xfff; // 24 bits at most when shifted
        return (instruction >>> 22 & 1) != 0 ? value << 12 : value;
    }

    /** Bit 55 tells kernel from user; the signature is in the bits above the address, that one left out. */
    @Override
    public long plain(long returnAddress) {
        long above = -1L << addressBits;
        return (returnAddress >>> 55 & 1) != 0 ? returnAddress | above : returnAddress & ~above;
    }

    @Override
    public boolean isUser(RegisterValues registers) {
        OptionalLong state = registers.find("cpsr");
        return state.isPresent() && (state.getAsLong() & 15) == 0; // EL0t
    }

    /** The record is gone when the way to the return does not load it any more. */
    @Override
    public boolean isReturning(byte[] next) {
        return wayOut(next).isPresent();
    }

    @Override
    public long givenBack(byte[] next) {
        return wayOut(next).orElse(0);
    }

    /** How much of the stack is given back from here to the return, the record having been loaded; else empty. */
    private static OptionalLong wayOut(byte[] next) {
        ByteBuffer code = ByteBuffer.wrap(next).order(ByteOrder.LITTLE_ENDIAN);
        long given = 0;
        while (code.remaining() >= 4) {
            int instruction = code.getInt();
            if (instruction == RET || instruction == AUTIASP) {
                return OptionalLong.of(given); // behind AUTIASP comes a return, or a jump in its place
            }
            boolean loadsRecord = (instruction & 0xfe407fff) == 0xa8407bfd; // ldp x29, x30, [sp ...
            boolean jumps = (instruction & 0x1c000000) == 0x14000000;
            if (loadsRecord || jumps) {
                break;
            }
            given += givenBy(instruction);
        }
        return OptionalLong.empty();
    }

    // Arm ARM, C6.2: ADD (immediate), LDP and LDR with post-index, their base the stack pointer
    private static long givenBy(int instruction) {
        if ((instruction & 0xff8003ff) == 0x910003ff) { // add sp, sp, #n
            return immediate12(instruction);
        }
        if ((instruction & 0xffc003e0) == 0xa8c003e0) { // ldp xA, xB, [sp], #n
            return 8L * (instruction << 10 >> 25);
        }
        if ((instruction & 0xffe00fe0) == 0xf84007e0) { // ldr xA, [sp], #n
            int signed = instruction << 11 >> 23;
            return signed;
        }
        return 0;
    }

    @Override
    public Leaf leaf(byte[] prologue, long offset, byte[] next) {
        if (isReturning(next)) {
            return Leaf.LINK;
        }
        ByteBuffer code = ByteBuffer.wrap(prologue).order(ByteOrder.LITTLE_ENDIAN);
        while (code.remaining() >= 4 && code.position() < offset) {
            if (setsFramePointer(code.getInt())) {
                return Leaf.FRAMED;
            }
        }
        // far into a function without one in its first instructions: it does not keep frame pointers, its caller may
        return Leaf.LINK;
    }

    @Override
    public OptionalLong link(RegisterValues registers) {
        return registers.find("x30");
    }
}
