package org.kdive.images.linux;

import java.util.ArrayDeque;
import java.util.Deque;

/** {@code struct rb_root} in order: include/linux/rbtree_types.h. */
final class RedBlackTree {
    private static final int DEEPEST = 128; // twice the logarithm of all addresses

    private final LiveKernel kernel;
    private final TreeWalk.Collector into;
    private final long left;
    private final long right;

    RedBlackTree(LiveKernel kernel, TreeWalk.Collector into) {
        this.kernel = kernel;
        this.into = into;
        this.left = kernel.layout("rb_node").offset("rb_left");
        this.right = kernel.layout("rb_node").offset("rb_right");
    }

    void walk(long root) {
        Deque<Long> above = new ArrayDeque<>(); // nodes whose left side is done or being done
        long node = kernel.pointer(root + kernel.layout("rb_root").offset("rb_node"));
        while (node != 0 || !above.isEmpty()) {
            while (node != 0) {
                into.enter(node);
                if (above.size() == DEEPEST) {
                    throw into.broken("deeper than any such tree at 0x%x".formatted(node));
                }
                long next = kernel.pointer(node + left); // read first: what cannot be read is no node
                above.push(node);
                node = next;
            }
            long here = above.pop();
            into.add(0, 0, here);
            node = kernel.pointer(here + right);
        }
    }
}
