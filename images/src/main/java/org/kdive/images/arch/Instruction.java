package org.kdive.images.arch;

import java.util.OptionalLong;

/**
 * One instruction as text. Bytes that are no instruction come as {@code .byte 0x06} (the mnemonic {@code .byte}, the
 * bytes as operands), so that a listing never ends early.
 *
 * @param bytes a copy; the caller may keep and change it
 * @param target where a direct call or jump goes, as an address like {@code address}; empty for everything else
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its address and text; the bytes are for showing
public record Instruction(long address, byte[] bytes, String mnemonic, String operands, OptionalLong target) {
    public Instruction {
        bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    /** The address of what follows it in memory. */
    public long next() {
        return address + bytes.length;
    }

    /** Mnemonic and operands, one space between. */
    public String text() {
        return operands.isEmpty() ? mnemonic : mnemonic + " " + operands;
    }
}
