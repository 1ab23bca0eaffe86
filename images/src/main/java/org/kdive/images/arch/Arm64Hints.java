package org.kdive.images.arch;

import java.util.HashMap;
import java.util.Map;

/**
 * The hint instructions of arm64 by the names that the architecture has given them: to a processor that does not know one it
 * is a nop, and to a disassembler that does not, {@code hint #0x19}. Arm ARM, C6.2, HINT.
 */
final class Arm64Hints {
    // 1101 0101 0000 0011 0010 CRm op2 11111
    private static final int MASK = 0xfffff01f;
    private static final int HINT = 0xd503201f;

    private static final Map<Integer, String> NAMES = names();

    private Arm64Hints() {}

    /**
     * The whole instruction, operand and all.
     *
     * @param otherwise what the disassembler made of it; the answer for a number without a name, and for no hint
     */
    static String name(int word, String otherwise) {
        return (word & MASK) == HINT ? NAMES.getOrDefault(word >>> 5 & 0x7f, otherwise) : otherwise;
    }

    private static Map<Integer, String> names() {
        Map<Integer, String> names = new HashMap<>();
        number(names, 0, "nop", "yield", "wfe", "wfi", "sev", "sevl", "dgh", "xpaclri");
        names.put(8, "pacia1716");
        names.put(10, "pacib1716");
        names.put(12, "autia1716");
        names.put(14, "autib1716");
        number(names, 16, "esb", "psb csync", "tsb csync");
        names.put(20, "csdb");
        names.put(22, "clearbhb");
        number(names, 24, "paciaz", "paciasp", "pacibz", "pacibsp", "autiaz", "autiasp", "autibz", "autibsp");
        names.put(32, "bti");
        names.put(34, "bti c");
        names.put(36, "bti j");
        names.put(38, "bti jc");
        return names;
    }

    private static void number(Map<Integer, String> names, int first, String... some) {
        for (int i = 0; i < some.length; i++) {
            names.put(first + i, some[i]);
        }
    }
}
