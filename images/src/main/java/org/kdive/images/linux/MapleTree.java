package org.kdive.images.linux;

import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.types.ArrayType;

/**
 * {@code struct maple_tree}: ranges of indices, each with a pointer. The layout of a node is told by four bits in the
 * pointer to it: include/linux/maple_tree.h (54a611b60590, v6.1).
 */
final class MapleTree {
    private static final int DEEPEST = 31; // MAPLE_HEIGHT_MAX
    private static final long NODE = ~0xffL; // nodes are aligned to 256 bytes
    private static final long INTERNAL = 2;

    private final LiveKernel kernel;
    private final TreeWalk.Collector into;

    /** enum maple_type. */
    private enum Kind {
        DENSE,
        LEAF_64,
        RANGE_64,
        ARANGE_64
    }

    MapleTree(LiveKernel kernel, TreeWalk.Collector into) {
        if (!kernel.hasStruct("maple_tree")) {
            throw new ImageException(
                    new ImageFailure.Missing(kernel.program().symbols().source(), "this kernel has no maple trees"));
        }
        this.kernel = kernel;
        this.into = into;
    }

    void walk(long tree) {
        long root = kernel.pointer(tree + kernel.layout("maple_tree").offset("ma_root"));
        if ((root & 3) == INTERNAL && Long.compareUnsigned(root, 4096) > 0) {
            node(root, 0, -1, 0);
        } else if (root != 0 && (root & 3) != INTERNAL) {
            into.add(0, 0, root);
        }
    }

    private static Optional<Kind> kind(long encoded) {
        int number = (int) (encoded >> 3 & 15);
        return number < Kind.values().length ? Optional.of(Kind.values()[number]) : Optional.empty();
    }

    private void node(long encoded, long first, long last, int depth) {
        long node = encoded & NODE;
        into.enter(node);
        Kind kind = kind(encoded).orElseThrow(() -> into.broken("a node of an unknown kind at 0x%x".formatted(node)));
        if (depth == DEEPEST) {
            throw into.broken("deeper than any such tree at 0x%x".formatted(node));
        }
        switch (kind) {
            case DENSE -> throw into.broken("a dense node at 0x%x, which no kernel makes yet".formatted(node));
            case LEAF_64 -> ranges("maple_range_64", node, first, last, depth, true);
            case RANGE_64 -> ranges("maple_range_64", node, first, last, depth, false);
            case ARANGE_64 -> ranges("maple_arange_64", node, first, last, depth, false);
        }
    }

    // pivot[i] is the last index of slot[i]; the last slot has none and goes to the end of the node's own range
    private void ranges(String tag, long node, long first, long last, int depth, boolean isLeaf) {
        Layout layout = kernel.layout(tag);
        long[] pivots = words(layout, "pivot", node);
        long[] slots = words(layout, "slot", node);
        long from = first;
        for (int i = 0; i < slots.length; i++) {
            long to = i < pivots.length ? pivots[i] : last;
            if (to == 0 && i > 0) {
                to = last; // the first unused pivot: the slot before it was the last, unless the range goes on
            }
            if (Long.compareUnsigned(to, last) > 0 || Long.compareUnsigned(to, from) < 0) {
                throw into.broken("a range that is not in its node's at 0x%x".formatted(node));
            }
            slot(slots[i], from, to, depth, isLeaf);
            if (to == last) {
                return;
            }
            from = to + 1;
        }
    }

    private void slot(long entry, long first, long last, int depth, boolean isLeaf) {
        if (entry == 0 || isLeaf && (entry & 3) == INTERNAL) {
            return; // a gap, or a place that is only reserved
        }
        if (isLeaf) {
            into.add(first, last, entry);
        } else {
            node(entry, first, last, depth + 1);
        }
    }

    private long[] words(Layout layout, String member, long node) {
        int word = kernel.pointerBytes();
        int count = layout.require(member).type().type().strip() instanceof ArrayType array
                ? (int) Math.min(64, array.count())
                : 0;
        Bytes bytes = kernel.bytes("maple node", node + layout.offset(member), count * word);
        long[] words = new long[count];
        for (int i = 0; i < count; i++) {
            words[i] = bytes.wordAt((long) i * word, word);
        }
        return words;
    }
}
