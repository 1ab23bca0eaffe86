package org.kdive.images.arch;

import java.util.Optional;

/**
 * What an x86 processor makes of its code and addresses at this moment.
 *
 * @param privilege 0 for the kernel, 3 for user code; real mode counts as 0
 */
public record X86Mode(Kind kind, InstructionSet set, int privilege, boolean isPaging) {
    /** Intel SDM volume 3, 2.2; {@code LONG} covers both its sub-modes, told apart by the instruction set. */
    public enum Kind {
        REAL,
        VIRTUAL_8086,
        PROTECTED,
        LONG
    }

    private static final long CR0_PE = 1;
    private static final long CR0_PG = 1L << 31;
    private static final long EFER_LMA = 1L << 10;
    private static final long EFLAGS_VM = 1L << 17;

    /** Linux's selector for 32-bit user code: arch/x86/include/asm/segment.h, __USER32_CS. */
    private static final long USER32_CS = 0x23;

    /**
     * @param cs the selector
     * @param access what CS's descriptor says; empty when only the stub was asked, which does not tell. Then long mode
     *     is taken for 64-bit code unless the selector is Linux's for 32-bit user code, and protected mode for 32-bit
     *     code: both are wrong for the few instructions of a mode change.
     */
    public static X86Mode of(long cr0, long efer, long eflags, long cs, Optional<SegmentAccess> access) {
        boolean paging = (cr0 & CR0_PG) != 0;
        if ((cr0 & CR0_PE) == 0) {
            return new X86Mode(Kind.REAL, InstructionSet.X86_16, 0, false);
        }
        boolean isLong = (efer & EFER_LMA) != 0;
        if (!isLong && (eflags & EFLAGS_VM) != 0) {
            return new X86Mode(Kind.VIRTUAL_8086, InstructionSet.X86_16, 3, paging);
        }
        boolean wide = isLong && access.map(SegmentAccess::isLong).orElse(cs != USER32_CS);
        boolean narrow = access.isPresent() && !access.get().is32Bit();
        InstructionSet set = wide ? InstructionSet.X86_64 : narrow ? InstructionSet.X86_16 : InstructionSet.X86_32;
        return new X86Mode(isLong ? Kind.LONG : Kind.PROTECTED, set, (int) (cs & 3), paging);
    }

    /** Whether the program counter is an address as it stands; elsewhere the base of CS must be added. */
    public boolean isLinear() {
        return set == InstructionSet.X86_64;
    }

    /** Added to the program counter to get its linear address, as far as the selector alone tells: real modes only. */
    public long codeBase(long cs) {
        return switch (kind) {
            case REAL, VIRTUAL_8086 -> (cs & 0xffff) << 4;
            case PROTECTED, LONG -> 0;
        };
    }

    @Override
    public String toString() {
        String bits = set == InstructionSet.X86_64 ? "64" : set == InstructionSet.X86_32 ? "32" : "16";
        return switch (kind) {
            case REAL -> "real mode";
            case VIRTUAL_8086 -> "virtual-8086 mode";
            case PROTECTED -> "%s-bit protected mode, ring %d".formatted(bits, privilege);
            case LONG ->
                set == InstructionSet.X86_64
                        ? "64-bit mode, ring " + privilege
                        : "%s-bit compatibility mode, ring %d".formatted(bits, privilege);
        };
    }
}
