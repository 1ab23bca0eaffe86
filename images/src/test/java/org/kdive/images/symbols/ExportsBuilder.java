package org.kdive.images.symbols;

import java.nio.ByteOrder;
import org.kdive.images.bytes.ByteWriter;

/** Writes tables of exported symbols in every layout that kernels have used. */
public final class ExportsBuilder {
    static final int COUNT = 40;

    private static final int STRINGS = 0x100;
    private static final int TABLE = 0x800;

    private ExportsBuilder() {}

    static String name(int i) {
        return i == 17 ? "init_task" : "symbol_" + i;
    }

    static long address(long base, int i) {
        return base + 0x100000 + 64L * i;
    }

    public static byte[] image(ByteOrder order, int wordBytes, boolean relative, int fields, long base) {
        ByteWriter strings = new ByteWriter(order);
        int[] offsets = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            offsets[i] = STRINGS + strings.position();
            strings.cstring(name(i));
        }
        ByteWriter out =
                new ByteWriter(order).upTo(STRINGS).bytes(strings.toArray()).upTo(TABLE);
        for (int i = 0; i < COUNT; i++) {
            int at = out.position();
            if (relative) {
                out.u32(address(base, i) - (base + at)).u32(offsets[i] - (at + 4L));
            } else {
                out.word(address(base, i), wordBytes).word(base + offsets[i], wordBytes);
            }
            if (fields == 3) {
                out.word(0, relative ? 4 : wordBytes);
            }
        }
        return out.zeros(64).toArray();
    }
}
