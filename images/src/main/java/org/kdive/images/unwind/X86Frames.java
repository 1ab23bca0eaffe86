package org.kdive.images.unwind;

import java.util.OptionalLong;

/** x86-64 built with CONFIG_UNWINDER_FRAME_POINTER: push %rbp; mov %rsp,%rbp. */
final class X86Frames implements FrameConvention {
    @Override
    public String pcName() {
        return "rip";
    }

    @Override
    public String spName() {
        return "rsp";
    }

    @Override
    public String fpName() {
        return "rbp";
    }

    @Override
    public long recordAddress(long fp) {
        return fp;
    }

    @Override
    public long callersSp(long fp) {
        return fp + 16;
    }

    @Override
    public boolean isUser(RegisterValues registers) {
        return (registers.orZero("cs") & 3) == 3;
    }

    @Override
    public Leaf leaf(byte[] prologue, long offset, byte[] next) {
        if ((next[0] & 0xff) == 0xc3) {
            return Leaf.AT_SP; // ret: the record is gone
        }
        for (int i = 0; i + 3 < prologue.length; i++) {
            boolean isPrologue = prologue[i] == 0x55
                    && prologue[i + 1] == 0x48
                    && (prologue[i + 2] & 0xff) == 0x89
                    && (prologue[i + 3] & 0xff) == 0xe5;
            if (isPrologue) {
                return offset <= i ? Leaf.AT_SP : offset == i + 1 ? Leaf.ABOVE_SP : Leaf.FRAMED;
            }
        }
        return Leaf.FRAMED;
    }

    @Override
    public OptionalLong link(RegisterValues registers) {
        return OptionalLong.empty();
    }
}
