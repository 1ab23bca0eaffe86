package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/** AAPCS64, 6.4.6: stp x29, x30, [sp, ...]; add x29, sp, #n. Return addresses may be signed (PAC). */
final class Arm64Frames implements FrameConvention {
    private static final int RET = 0xd65f03c0;
    private static final int AUTIASP = 0xd50323bf;

    private final int addressBits;

    Arm64Frames(int addressBits) {
        this.addressBits = addressBits;
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

    @Override
    public Leaf leaf(byte[] prologue, long offset, byte[] next) {
        int instruction = ByteBuffer.wrap(next).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (instruction == RET || instruction == AUTIASP) {
            return Leaf.LINK;
        }
        ByteBuffer code = ByteBuffer.wrap(prologue).order(ByteOrder.LITTLE_ENDIAN);
        while (code.remaining() >= 4 && code.position() < offset) {
            if ((code.getInt() & 0xff8003ff) == 0x910003fd) { // add x29, sp, #n, or mov x29, sp
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
