package org.kdive.images.linux;

import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.ArrayType;

/** {@code struct xarray}, which idr, ida and radix trees are since 4.20: include/linux/xarray.h, lib/xarray.c. */
final class Xarray {
    private static final int MOST_SLOTS = 64; // XA_CHUNK_SIZE
    private static final int MOST_SHIFT = 60;
    // an entry whose two lowest bits are these is the array's own: a node, or one of a few small numbers
    private static final long INTERNAL = 2;
    private static final long LAST_SMALL = 4096; // xa_is_node: nodes are pointers, above all small numbers

    private final LiveKernel kernel;
    private final TreeWalk.Collector into;
    private final long slotsOffset;
    private final int slotCount;

    Xarray(LiveKernel kernel, TreeWalk.Collector into) {
        this.kernel = kernel;
        this.into = into;
        Layout node = kernel.layout("xa_node");
        this.slotsOffset = node.offset("slots");
        this.slotCount = node.require("slots").type().type().strip() instanceof ArrayType slots
                ? (int) Math.min(MOST_SLOTS, slots.count())
                : 0;
    }

    /** @param base added to each index */
    void walk(long array, long base) {
        long head = kernel.pointer(array + kernel.layout("xarray").offset("xa_head"));
        entry(head, base, MOST_SHIFT + 1);
    }

    private void entry(long entry, long index, int shiftAbove) {
        boolean isInternal = (entry & 3) == INTERNAL;
        if (isInternal && Long.compareUnsigned(entry, LAST_SMALL) > 0) {
            node(entry - INTERNAL, index, shiftAbove);
        } else if (entry != 0 && !isInternal) {
            into.add(index, index, entry); // siblings, retries and reserved places are internal
        }
    }

    private void node(long node, long index, int shiftAbove) {
        into.enter(node);
        int shift = (int) kernel.object("xa_node", node).number("shift");
        if (shift >= shiftAbove) {
            throw into.broken("the node at 0x%x is no lower than the one above it".formatted(node));
        }
        int word = kernel.pointerBytes();
        Bytes slots = kernel.bytes("xa_node", node + slotsOffset, slotCount * word);
        for (int slot = 0; slot < slotCount; slot++) {
            long entry = slots.wordAt((long) slot * word, word);
            entry(entry, index + ((long) slot << shift), shift);
        }
    }
}
