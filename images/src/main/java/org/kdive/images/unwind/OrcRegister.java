package org.kdive.images.unwind;

/** What an ORC entry reckons the stack pointer or frame pointer from. Linux arch/x86/include/asm/orc_types.h. */
enum OrcRegister {
    UNDEFINED,
    PREV_SP,
    AX,
    DX,
    DI,
    BP,
    SP,
    R10,
    R13,
    BP_INDIRECT,
    SP_INDIRECT;

    static final OrcRegister[] OLD_NUMBERS = {UNDEFINED, PREV_SP, DX, DI, BP, SP, R10, R13, BP_INDIRECT, SP_INDIRECT};

    static final OrcRegister[] NEW_NUMBERS = {UNDEFINED, AX, DX, SP, BP, DI, R10, R13, PREV_SP, SP_INDIRECT, BP_INDIRECT
    };
}
