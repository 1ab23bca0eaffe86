package org.kdive.images.arch;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Memory;

/** Arm ARM ARMv7-A (DDI 0406), B3.6: long descriptors (LPAE). */
final class ArmLongPageTables implements PageTables {
    private static final long FRAME = 0x00ff_ffff_f000L;

    private final RadixTree tree;
    private final long ttbr0;
    private final long ttbr1;
    private final int lowerSize;
    private final int upperSize;

    ArmLongPageTables(long ttbr0, long ttbr1, long ttbcr, Memory physical) {
        this.ttbr0 = ttbr0 & 0x00ff_ffff_ffe0L;
        this.ttbr1 = ttbr1 & 0x00ff_ffff_ffe0L;
        this.lowerSize = (int) (ttbcr & 7);
        this.upperSize = (int) (ttbcr >>> 16 & 7);
        this.tree = new RadixTree(physical, ByteOrder.LITTLE_ENDIAN, 8, ArmLongPageTables::decode);
    }

    @Override
    public PageWalk walk(long address) {
        if (address >>> 32 != 0) {
            return RadixTree.unmapped(List.of());
        }
        if (isLower(address)) {
            return tree.walk(ttbr0, levels(32 - lowerSize), address);
        }
        boolean isUpper = upperSize == 0 || address >>> (32 - upperSize) == (1L << upperSize) - 1;
        return isUpper ? tree.walk(ttbr1, levels(32 - upperSize), address) : RadixTree.unmapped(List.of());
    }

    // B3.6.4: TxSZ 0 means "all that the other does not take"
    private boolean isLower(long address) {
        if (lowerSize != 0) {
            return address >>> (32 - lowerSize) == 0;
        }
        return upperSize == 0 || address >>> (32 - upperSize) != (1L << upperSize) - 1;
    }

    private static List<RadixTree.Level> levels(int addressBits) {
        List<RadixTree.Level> levels = new ArrayList<>();
        if (addressBits > 30) {
            levels.add(new RadixTree.Level("level 1", 30, addressBits - 30));
        }
        levels.add(new RadixTree.Level("level 2", 21, Math.min(9, addressBits - 21)));
        levels.add(new RadixTree.Level("level 3", 12, 9));
        return levels;
    }

    private static Optional<RadixTree.Entry> decode(long entry, RadixTree.Level level) {
        boolean isLast = level.shift() == 12;
        if ((entry & 1) == 0 || (isLast && (entry & 2) == 0)) {
            return Optional.empty();
        }
        if (!isLast && (entry & 2) != 0) {
            Rights below = new Rights((entry >>> 62 & 1) == 0, (entry >>> 61 & 1) == 0, (entry >>> 60 & 1) == 0);
            return Optional.of(RadixTree.Entry.table(entry & FRAME, below));
        }
        boolean isUser = (entry >>> 6 & 1) != 0;
        boolean noExecute = (entry >>> 54 & 1) != 0 || (!isUser && (entry >>> 53 & 1) != 0);
        Rights rights = new Rights((entry >>> 7 & 1) == 0, isUser, !noExecute);
        return Optional.of(new RadixTree.Entry(entry & FRAME, level.shift(), rights));
    }
}
