package org.kdive.images.unwind;

import java.util.Optional;
import java.util.OptionalLong;

/** RISC-V ELF psABI, "Frame Pointer Convention": s0 points above the record, which is {caller's s0, ra}. */
final class RiscvFrames implements FrameConvention {
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
        return "fp";
    }

    @Override
    public Optional<String> linkName() {
        return Optional.of("ra");
    }

    @Override
    public long recordAddress(long fp) {
        return fp - 16;
    }

    @Override
    public long callersSp(long fp) {
        return fp;
    }

    @Override
    public boolean isUser(RegisterValues registers) {
        OptionalLong privilege = registers.find("priv");
        return privilege.isPresent() && (privilege.getAsLong() & 3) == 0;
    }

    @Override
    public Leaf leaf(byte[] prologue, long offset, byte[] next) {
        if (half(next, 0) == 0x8082 || (half(next, 0) == 0x8067 && half(next, 2) == 0)) {
            return Leaf.LINK; // ret
        }
        int at = 0;
        while (at + 4 <= prologue.length && at < offset) {
            int low = half(prologue, at);
            boolean isWide = (low & 3) == 3;
            boolean isAddi = isWide && ((half(prologue, at + 2) << 16 | low) & 0xfffff) == 0x10413; // addi s0, sp, n
            boolean isShortAddi = (low & 0xe01f) == 0 && low != 0; // c.addi4spn s0, sp, n
            if (isAddi || isShortAddi) {
                return Leaf.FRAMED;
            }
            at += isWide ? 4 : 2;
        }
        return Leaf.LINK;
    }

    private static int half(byte[] code, int at) {
        return (code[at] & 0xff) | (code[at + 1] & 0xff) << 8;
    }

    @Override
    public OptionalLong link(RegisterValues registers) {
        return registers.find("ra");
    }
}
