package org.kdive.images.unwind;

/**
 * How to leave a function from one of its instructions on.
 *
 * @param isSignal the frame it leads to was interrupted: its pc is exact
 */
record OrcEntry(
        OrcRegister spRegister, int spOffset, OrcRegister bpRegister, int bpOffset, Type type, boolean isSignal) {
    enum Type {
        UNDEFINED,
        END_OF_STACK,
        CALL,
        REGS,
        REGS_PARTIAL
    }

    /** For code that no table covers: it may keep a frame pointer. The kernel assumes the same. */
    static final OrcEntry FRAME_POINTER = new OrcEntry(OrcRegister.BP, 16, OrcRegister.PREV_SP, -16, Type.CALL, false);

    /** For a call through a null pointer: nothing was pushed but the return address. */
    static final OrcEntry NULL_CALL = new OrcEntry(OrcRegister.SP, 8, OrcRegister.UNDEFINED, 0, Type.CALL, false);

    // s16 sp_offset, s16 bp_offset, u16: sp_reg 3:0, bp_reg 7:4, then by version
    static OrcEntry of(int spOffset, int bpOffset, int flags, OrcVersion version) {
        OrcRegister sp = version.register(flags & 15);
        OrcRegister bp = version.register(flags >> 4 & 15);
        Type type = switch (version) {
            case V1 -> oldType(sp, flags >> 8 & 3, (flags >> 10 & 1) != 0);
            case V2 -> oldType(sp, flags >> 8 & 3, (flags >> 11 & 1) != 0);
            case V3, V4 -> type(flags >> 8 & 7);
        };
        boolean signal = switch (version) {
            case V1 -> type == Type.REGS || type == Type.REGS_PARTIAL;
            case V2 -> (flags >> 10 & 1) != 0;
            case V3, V4 -> (flags >> 11 & 1) != 0;
        };
        return new OrcEntry(sp, spOffset, bp, bpOffset, type, signal);
    }

    private static Type type(int number) {
        return number < Type.values().length ? Type.values()[number] : Type.UNDEFINED;
    }

    private static Type oldType(OrcRegister sp, int number, boolean isEnd) {
        if (sp == OrcRegister.UNDEFINED) {
            return isEnd ? Type.END_OF_STACK : Type.UNDEFINED;
        }
        return type(number + 2);
    }
}
