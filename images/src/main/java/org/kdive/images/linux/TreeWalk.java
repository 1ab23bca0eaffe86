package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * What one of the kernel's trees holds, in order: {@code struct rb_root}, {@code struct xarray} (and what is made of it:
 * idr, ida, radix trees) and {@code struct maple_tree}.
 *
 * @param lost why the walk ended before it had seen everything; empty if it saw all
 */
public record TreeWalk(List<Entry> entries, String lost) {
    private static final int MOST = 100_000;

    /**
     * @param first index, or the first of a range of them; unsigned; 0 in a red-black tree, which has none
     * @param last index of the range
     * @param value an address: of the node in a red-black tree, else what is stored; 0 in an ida
     */
    public record Entry(long first, long last, long value) {
        /** A number that an xarray keeps in place of a pointer: include/linux/xarray.h, xa_mk_value. */
        public boolean isNumber() {
            return (value & 1) == 1;
        }

        public long number() {
            return value >>> 1;
        }
    }

    public TreeWalk {
        entries = List.copyOf(entries);
    }

    /**
     * A {@code struct rb_root}, in order.
     *
     * @param between called at each node; may throw to end the walk
     */
    public static TreeWalk ofRedBlack(LiveKernel kernel, long root, Runnable between) {
        Collector into = new Collector(between);
        return into.end(() -> new RedBlackTree(kernel, into).walk(root));
    }

    /** A {@code struct xarray}. */
    public static TreeWalk ofXarray(LiveKernel kernel, long array, Runnable between) {
        Collector into = new Collector(between);
        return into.end(() -> new Xarray(kernel, into).walk(array, 0));
    }

    /** A {@code struct idr}: an xarray and the number that its index 0 stands for. */
    public static TreeWalk ofIdr(LiveKernel kernel, long idr, Runnable between) {
        Collector into = new Collector(between);
        return into.end(() -> {
            KernelObject object = kernel.object("idr", idr);
            new Xarray(kernel, into)
                    .walk(
                            object.addressOf("idr_rt"),
                            object.findNumber("idr_base").orElse(0));
        });
    }

    /** A {@code struct ida}: the ranges of numbers that are in use, each without a value. */
    public static TreeWalk ofIda(LiveKernel kernel, long ida, Runnable between) {
        return Ida.walk(kernel, ida, between);
    }

    /** A {@code struct maple_tree}, since 6.1. */
    public static TreeWalk ofMaple(LiveKernel kernel, long tree, Runnable between) {
        Collector into = new Collector(between);
        return into.end(() -> new MapleTree(kernel, into).walk(tree));
    }

    /** What has been found so far, and the brakes. */
    static final class Collector {
        private final Runnable between;
        private final List<Entry> entries = new ArrayList<>();
        private final Set<Long> seen = new HashSet<>();

        private Collector(Runnable between) {
            this.between = between;
        }

        void add(long first, long last, long value) {
            if (entries.size() == MOST) {
                throw broken("only the first %d are shown".formatted(MOST));
            }
            entries.add(new Entry(first, last, value));
        }

        /** Before a node is read: a tree has each once. */
        void enter(long node) {
            between.run();
            if (!seen.add(node)) {
                throw broken("the node at 0x%x is its own descendant".formatted(node));
            }
        }

        ImageException broken(String why) {
            return new ImageException(why, new ImageFailure.Unsupported("tree", why));
        }

        private TreeWalk end(Runnable walk) {
            try {
                walk.run();
                return new TreeWalk(entries, "");
            } catch (ImageException e) {
                if (entries.isEmpty() && seen.isEmpty()) {
                    throw e; // not even the root: the kernel has no such tree, or it is not mapped
                }
                return new TreeWalk(entries, String.valueOf(e.getMessage()));
            }
        }
    }
}
