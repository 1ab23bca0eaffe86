package org.kdive.session;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.kdive.images.Architecture;
import org.kdive.images.arch.Instruction;
import org.kdive.images.arch.Syntax;

/** What the code around a place does: which instructions run away, and where a loop can be left. Session thread. */
final class Branches {
    // x86; arm64 with its signed forms; arm with a condition and a width; riscv
    private static final Pattern CALLS = Pattern.compile("l?callq?|blr(aaz?|abz?)?"
            + "|blx?(eq|ne|hs|cs|lo|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\\.w)?"
            + "|(c\\.)?jalr?");
    private static final int LONGEST_LOOP_BYTES = 4096;

    private final Target target;

    Branches(Target target) {
        this.target = target;
    }

    /** Where the thread stands; empty where the code cannot be read. */
    Optional<Instruction> here(Stop stop) {
        return code(stop, stop.pc(), 1).stream().findFirst();
    }

    private List<Instruction> code(Stop stop, long address, int count) {
        return new Code(target, stop.thread(), Syntax.INTEL).at(address, count);
    }

    /** Whether the bytes there can be read and are an instruction; zeros, which x86 would add, are none. */
    boolean isInstruction(Stop stop, long address) {
        int most = target.architecture() == Architecture.ARM64 ? 4 : 2; // brk of 0x800 ends in two zeros
        byte[] bytes = target.memory(stop.thread()).readPrefix(address, most);
        boolean isBlank = bytes.length < most || Arrays.equals(bytes, new byte[most]);
        return !isBlank
                && code(stop, address, 1).stream()
                        .noneMatch(instruction -> instruction.mnemonic().startsWith("."));
    }

    static boolean isCall(Instruction instruction) {
        return CALLS.matcher(instruction.mnemonic()).matches();
    }

    /** A call, or an instruction that repeats itself. */
    static boolean runsAway(Instruction instruction) {
        return isCall(instruction) || instruction.mnemonic().startsWith("rep");
    }

    /** Whether it may jump back, as the end of a loop does. */
    static boolean jumpsBack(Instruction instruction) {
        return !isCall(instruction)
                && instruction.target().isPresent()
                && Long.compareUnsigned(instruction.target().getAsLong(), instruction.address()) <= 0;
    }

    /**
     * Where the loop is left that a jump back closes: behind it, and wherever code of the loop jumps out of it. How the
     * function is left is for the caller; jumps to a computed place are not seen.
     */
    Set<Long> exits(Stop stop, Instruction jump) {
        long start = jump.target().orElseThrow();
        Set<Long> exits = new LinkedHashSet<>();
        exits.add(jump.next());
        if (jump.address() - start > LONGEST_LOOP_BYTES) {
            return exits;
        }
        int most = (int) (jump.address() - start) + 1;
        for (Instruction inside : code(stop, start, most)) {
            if (inside.address() >= jump.address()) {
                break;
            }
            boolean out = !isCall(inside)
                    && inside.target().isPresent()
                    && Long.compareUnsigned(inside.target().getAsLong() - start, jump.address() - start) > 0;
            if (out) {
                exits.add(inside.target().getAsLong());
            }
        }
        return exits;
    }
}
