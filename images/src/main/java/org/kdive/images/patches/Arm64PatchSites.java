package org.kdive.images.patches;

import java.util.ArrayList;
import java.util.List;
import org.kdive.images.bytes.Bytes;

/**
 * Where an arm64 kernel patches its code. Its image has no sections, and the tables have no names in a kernel without
 * CONFIG_KALLSYMS_ALL: they are known by their entries, thousands in a row that fit.
 */
final class Arm64PatchSites {
    private static final int LEAST_ENTRIES = 64;
    private static final int JUMP_ENTRY_BYTES = 16; // struct jump_entry: s32 place, s32 target, s64 key
    private static final int ALT_ENTRY_BYTES = 12; // struct alt_instr: s32 place, s32 replacement, u16 feature, u8, u8
    private static final int BETWEEN = 1 << 18; // places tried: a few milliseconds
    private static final int NOP = 0xd503201f;
    private static final int SAVE_LINK = 0xaa1e03e9; // mov x9, x30: arch/arm64/kernel/ftrace.c, ftrace_init_nop

    private final Bytes image;
    private final long textOffset;
    private final long textEnd;
    private final Runnable between;

    /**
     * @param textOffset where the code is in the image; behind {@code textEnd} comes data, which keys of jump labels are
     * @param between called again and again; may throw
     */
    Arm64PatchSites(Bytes image, long textOffset, long textEnd, Runnable between) {
        this.between = between;
        this.image = image;
        this.textOffset = textOffset;
        this.textEnd = textEnd;
    }

    /** @param base link-time address of the image's first byte */
    List<PatchSite> all(long base) {
        List<PatchSite> sites = new ArrayList<>();
        run(JUMP_ENTRY_BYTES).forEach(at -> sites.add(new PatchSite(PatchKind.JUMP_LABEL, base + place(at), 4)));
        run(ALT_ENTRY_BYTES)
                .forEach(at -> sites.add(new PatchSite(PatchKind.ALTERNATIVE, base + place(at), image.u8At(at + 10))));
        return sites;
    }

    /** A function's first nop that became {@code mov x9, x30} can call the tracer behind it. */
    static List<PatchSite> traced(long start, byte[] expected, byte[] live) {
        List<PatchSite> sites = new ArrayList<>();
        for (int at = 0; at + 8 <= expected.length; at += 4) {
            if (word(expected, at) == NOP && word(live, at) == SAVE_LINK && word(expected, at + 4) == NOP) {
                sites.add(new PatchSite(PatchKind.FTRACE, start + at, 8));
            }
        }
        return sites;
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    /** The offsets of the entries in the longest run of them. */
    private List<Long> run(int entryBytes) {
        long best = 0;
        int most = 0;
        long at = 0;
        for (int tried = 0; image.holds(at, entryBytes); tried++) {
            if (tried % BETWEEN == 0) {
                between.run();
            }
            int count = 0;
            while (image.holds(at + (long) count * entryBytes, entryBytes)
                    && fits(at + (long) count * entryBytes, entryBytes)) {
                count++;
            }
            if (count > most) {
                most = count;
                best = at;
            }
            at += Math.max(4, (long) count * entryBytes);
        }
        List<Long> entries = new ArrayList<>();
        for (int i = 0; most >= LEAST_ENTRIES && i < most; i++) {
            entries.add(best + (long) i * entryBytes);
        }
        return entries;
    }

    private boolean fits(long at, int entryBytes) {
        return image.s32At(at) != 0
                && isCode(place(at))
                && (entryBytes == JUMP_ENTRY_BYTES ? isJump(at) : isAlternative(at));
    }

    private boolean isJump(long at) {
        long key = image.u64At(at + 8);
        long variable = at + 8 + (key & ~3L);
        return at % 8 == 0
                && image.s32At(at + 4) != 0
                && isCode(place(at + 4))
                && variable > textEnd
                && variable < image.size() + (64L << 20);
    }

    // a replacement of the same length, or none: then a function computes it
    private boolean isAlternative(long at) {
        int length = image.u8At(at + 10);
        int replacement = image.u8At(at + 11);
        return length > 0
                && length % 4 == 0
                && (replacement == length || replacement == 0)
                && place(at + 4) > 0
                && place(at + 4) < image.size();
    }

    private long place(long at) {
        return at + image.s32At(at);
    }

    // that of __init functions lies somewhere behind the data
    private boolean isCode(long offset) {
        return offset >= textOffset && offset < image.size() && (offset & 3) == 0;
    }
}
