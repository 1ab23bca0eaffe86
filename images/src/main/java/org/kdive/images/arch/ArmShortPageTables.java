package org.kdive.images.arch;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Memory;

/** Arm ARM ARMv7-A (DDI 0406), B3.5: short descriptors; the addresses are laid out as they were in ARMv5 and v6. */
final class ArmShortPageTables implements PageTables {
    private static final RadixTree.Level SECOND = new RadixTree.Level("second level", 12, 8);

    private final RadixTree tree;
    private final long ttbr0;
    private final long ttbr1;
    private final int boundary;

    ArmShortPageTables(long ttbr0, long ttbr1, long ttbcr, Memory physical) {
        this.ttbr0 = ttbr0 & 0xffff_ffffL;
        this.ttbr1 = ttbr1 & 0xffff_ffffL;
        this.boundary = (int) (ttbcr & 7);
        this.tree = new RadixTree(physical, ByteOrder.LITTLE_ENDIAN, 4, ArmShortPageTables::decode);
    }

    @Override
    public PageWalk walk(long address) {
        if (address >>> 32 != 0) {
            return RadixTree.unmapped(List.of());
        }
        // TTBCR.N: the lowest 2^(32-N) bytes go through TTBR0, whose table is shorter by as much
        boolean isLow = address >>> (32 - boundary) == 0;
        int bits = isLow ? 12 - boundary : 12;
        long root = (isLow ? ttbr0 : ttbr1) & -(1L << (bits + 2));
        return tree.walk(root, List.of(new RadixTree.Level("first level", 20, bits), SECOND), address);
    }

    private static Optional<RadixTree.Entry> decode(long entry, RadixTree.Level level) {
        int type = (int) (entry & 3);
        if (type == 0) {
            return Optional.empty();
        }
        if (level.equals(SECOND)) {
            boolean isLarge = type == 1;
            Rights rights = rights(entry >>> 4, entry >>> 9, entry >>> (isLarge ? 15 : 0));
            return Optional.of(
                    isLarge
                            ? new RadixTree.Entry(entry & 0xffff_0000L, 16, rights)
                            : new RadixTree.Entry(entry & 0xffff_f000L, 12, rights));
        }
        if (type == 1) {
            return Optional.of(RadixTree.Entry.table(entry & 0xffff_fc00L, Rights.ALL));
        }
        Rights rights = rights(entry >>> 10, entry >>> 15, entry >>> 4);
        if ((entry >>> 18 & 1) != 0) {
            long base = (entry & 0xff00_0000L) | (entry >>> 20 & 15) << 32 | (entry >>> 5 & 15) << 36;
            return Optional.of(new RadixTree.Entry(base, 24, rights));
        }
        return Optional.of(new RadixTree.Entry(entry & 0xfff0_0000L, 20, rights));
    }

    // AP[1:0] from the low two bits of access, AP[2] (read-only) and XN from the lowest of the others
    private static Rights rights(long access, long readOnly, long noExecute) {
        return new Rights((readOnly & 1) == 0 && (access & 3) != 0, (access & 2) != 0, (noExecute & 1) == 0);
    }
}
