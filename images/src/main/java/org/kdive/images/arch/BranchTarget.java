package org.kdive.images.arch;

import java.util.OptionalLong;

/**
 * Where a direct call or jump goes, read from the text capstone made: its operand structures differ between its
 * versions, its text does not.
 */
final class BranchTarget {
    private BranchTarget() {}

    static OptionalLong find(InstructionSet set, long address, String mnemonic, String operands) {
        if (!isBranch(set, mnemonic)) {
            return OptionalLong.empty();
        }
        String last = operands.substring(operands.lastIndexOf(',') + 1).strip();
        OptionalLong value = number(last.startsWith("#") ? last.substring(1) : last);
        // capstone 5 leaves RISC-V branches relative, and resolves all others
        return switch (set) {
            case RISCV32, RISCV64 ->
                value.isPresent() ? OptionalLong.of(address + value.getAsLong()) : OptionalLong.empty();
            case X86_16, X86_32, X86_64, ARM64, ARM, THUMB -> value;
        };
    }

    private static boolean isBranch(InstructionSet set, String mnemonic) {
        // "bnd jmp", "notrack jmp", "xacquire ..."
        String verb = mnemonic.substring(mnemonic.lastIndexOf(' ') + 1);
        return switch (set) {
            case X86_16, X86_32, X86_64 ->
                verb.startsWith("call") || verb.startsWith("j") || verb.startsWith("loop") || verb.equals("xbegin");
            case ARM64 ->
                verb.equals("b")
                        || verb.equals("bl")
                        || verb.startsWith("b.")
                        || verb.startsWith("cb")
                        || verb.startsWith("tb");
            case ARM, THUMB -> isArmBranch(verb);
            case RISCV32, RISCV64 ->
                verb.equals("j")
                        || verb.equals("jal")
                        || verb.equals("c.j")
                        || verb.equals("c.jal")
                        || verb.startsWith("b")
                        || verb.startsWith("c.b");
        };
    }

    // b, bl, blx and each with a condition or a width (.w), cbz, cbnz; not bic, bfc, bfi, bkpt, bx
    private static boolean isArmBranch(String verb) {
        String stem = verb.endsWith(".w") ? verb.substring(0, verb.length() - 2) : verb;
        return stem.equals("cbz")
                || stem.equals("cbnz")
                || stem.matches("b(l|lx)?(eq|ne|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?");
    }

    private static OptionalLong number(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        boolean hex = digits.startsWith("0x");
        String body = hex ? digits.substring(2) : digits;
        if (body.isEmpty()
                || body.length() > 16
                || !body.chars().allMatch(c -> Character.digit(c, hex ? 16 : 10) >= 0)) {
            return OptionalLong.empty();
        }
        long value = Long.parseUnsignedLong(body, hex ? 16 : 10);
        return OptionalLong.of(negative ? -value : value);
    }
}
