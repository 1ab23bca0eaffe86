package org.kdive.images.arch;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Machine code to text, by the host's libcapstone. Loading it costs about a tenth of a second, so ask for one when the
 * first instruction is to be shown. One thread at a time; close it, or its native handle stays.
 */
public final class Disassembler implements AutoCloseable {
    /** More than this in one answer is a mistake of the caller: a kernel's whole text has fewer in any function. */
    private static final int MOST_INSTRUCTIONS = 1 << 20;

    private final Capstone capstone;
    private final InstructionSet set;
    private final long handle;
    private boolean open = true;

    private Disassembler(Capstone capstone, InstructionSet set, long handle) {
        this.capstone = capstone;
        this.set = set;
        this.handle = handle;
    }

    /** Empty when the host has no libcapstone 4 or 5, or has one built without this instruction set. */
    public static Optional<Disassembler> find(InstructionSet set, Syntax syntax) {
        return Capstone.find().flatMap(capstone -> open(capstone, set, syntax));
    }

    private static Optional<Disassembler> open(Capstone capstone, InstructionSet set, Syntax syntax) {
        return capstone.open(set, syntax).stream()
                .mapToObj(handle -> new Disassembler(capstone, set, handle))
                .findFirst();
    }

    /**
     * At most {@code limit} instructions from the front of {@code code}. An instruction cut off by the end of the bytes
     * comes as {@code .byte}: give {@link InstructionSet#longestBytes()} for each instruction wanted.
     *
     * @param address where the first byte is; targets of calls and jumps are reckoned from it
     */
    public List<Instruction> disassemble(byte[] code, long address, int limit) {
        if (!open) {
            throw new IllegalStateException("this disassembler is closed");
        }
        if (limit <= 0 || code.length == 0) {
            return List.of();
        }
        PointerByReference found = new PointerByReference();
        long count = capstone.disassemble(handle, code, address, Math.min(limit, MOST_INSTRUCTIONS), found);
        if (count == 0) {
            return List.of();
        }
        Pointer first = found.getValue();
        try {
            List<Instruction> instructions = new ArrayList<>((int) count);
            for (long i = 0; i < count; i++) {
                instructions.add(instruction(first.share(i * capstone.insnBytes())));
            }
            return List.copyOf(instructions);
        } finally {
            capstone.free(first, count);
        }
    }

    // cs_insn of capstone 4 and 5: u32 id, u64 address at 8, u16 size at 16, u8 bytes[16 or 24] at 18,
    // then char mnemonic[32] and char op_str[160]
    private Instruction instruction(Pointer insn) {
        long address = insn.getLong(8);
        int size = Math.min(insn.getShort(16) & 0xffff, capstone.mnemonicOffset() - 18);
        String mnemonic = string(insn, capstone.mnemonicOffset(), 32);
        String operands = string(insn, capstone.mnemonicOffset() + 32, 160);
        if (set == InstructionSet.ARM64 && mnemonic.equals("hint")) {
            String[] words =
                    Arm64Hints.name(insn.getInt(18), "hint " + operands).split(" ", 2);
            mnemonic = words[0];
            operands = words.length == 1 ? "" : words[1];
        }
        return new Instruction(
                address,
                insn.getByteArray(18, size),
                mnemonic,
                operands,
                BranchTarget.find(set, address, mnemonic, operands));
    }

    private static String string(Pointer at, long offset, int longest) {
        byte[] bytes = at.getByteArray(offset, longest);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.ISO_8859_1);
    }

    /** May be called twice. */
    @Override
    public void close() {
        if (open) {
            open = false;
            capstone.close(handle);
        }
    }
}
