package org.kdive.images.symbols;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kdive.images.bytes.Bytes;

/**
 * What a piece of arm64 code refers to: code is far from data, so an address is made of ADRP, the page, and the rest in an
 * ADD or in the offset of a load (Arm ARM, C4.1). Follows the instructions in their order, not the branches: enough to
 * name candidates, which must be verified.
 */
final class Arm64References {
    private static final int REGISTERS = 32;
    private static final int FIRST_KEPT_BY_CALLEE = 19; // AAPCS64

    private final long address;
    private final @Nullable Long[] known = new @Nullable Long[REGISTERS];
    private final List<Long> addresses = new ArrayList<>();
    private final List<Long> loads = new ArrayList<>();

    private Arm64References(long address) {
        this.address = address;
    }

    static Arm64References of(Bytes code, long address) {
        Arm64References references = new Arm64References(address);
        for (int at = 0; code.holds(at, 4); at += 4) {
            references.step((int) code.u32At(at), at);
        }
        return references;
    }

    /** Addresses that the code makes, in its order. */
    List<Long> addresses() {
        return addresses;
    }

    /** Addresses of data that it loads 8 bytes of. */
    List<Long> loads() {
        return loads;
    }

    private void step(int word, int at) {
        int target = word & 31;
        int base = word >>> 5 & 31;
        if ((word & 0x9f000000) == 0x90000000) { // ADRP
            long pages = (long) (word << 8 >> 13) << 2 | word >>> 29 & 3;
            known[target] = (address + at & -0x1000L) + (pages << 12);
        } else if ((word & 0xff800000) == 0x91000000) { // ADD Xd, Xn, #imm
            long immediate = (long) (word >>> 10 & 0xfff) << ((word & 1 << 22) != 0 ? 12 : 0);
            known[target] = sum(base, immediate);
            note(addresses, known[target]);
        } else if ((word & 0xffc00000) == 0xf9400000) { // LDR Xt, [Xn, #imm]
            note(loads, sum(base, 8L * (word >>> 10 & 0xfff)));
            known[target] = null;
        } else if ((word & 0xffe00400) == 0xf8400400) { // LDR Xt, [Xn], #imm and [Xn, #imm]!
            boolean isBefore = (word & 1 << 11) != 0;
            Long moved = sum(base, word << 11 >> 23);
            note(loads, isBefore ? moved : known[base]);
            note(addresses, moved);
            known[target] = null;
            known[base] = moved;
        } else if ((word & 0xffe0ffe0) == 0xaa0003e0) { // MOV Xd, Xm
            known[target] = known[word >>> 16 & 31];
        } else {
            forget(word, target);
        }
    }

    private void forget(int word, int target) {
        boolean isBranch = (word & 0x1c000000) == 0x14000000;
        boolean isStore = (word & 0x0a000000) == 0x08000000 && (word & 1 << 22) == 0;
        if ((word & 0xfc000000) == 0x94000000) { // BL
            for (int register = 0; register < FIRST_KEPT_BY_CALLEE; register++) {
                known[register] = null;
            }
        } else if (!isBranch && !isStore) {
            known[target] = null;
            if ((word & 0x3a000000) == 0x28000000) { // LDP
                known[word >>> 10 & 31] = null;
            }
        }
    }

    private @Nullable Long sum(int base, long immediate) {
        Long from = known[base];
        return from == null ? null : from + immediate;
    }

    private static void note(List<Long> list, @Nullable Long found) {
        if (found != null) {
            list.add(found);
        }
    }
}
