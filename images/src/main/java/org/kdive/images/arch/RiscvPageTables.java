package org.kdive.images.arch;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Memory;

// Entry: bit 0 valid, 1 read, 2 write, 3 execute (none of the three: a table), 4 user; bits 53:10 the frame; 63 NAPOT
/** RISC-V Privileged Architecture 1.12, 4.3 to 4.6, and the Svnapot extension. */
final class RiscvPageTables implements PageTables {
    private final RadixTree tree;
    private final long root;
    private final List<RadixTree.Level> levels;

    private RiscvPageTables(RadixTree tree, long root, List<RadixTree.Level> levels) {
        this.tree = tree;
        this.root = root;
        this.levels = levels;
    }

    static PageTables of(long satp, Memory physical) {
        int mode = (int) (satp >>> 60);
        if (mode == 0) {
            return PageTables.identity(1L << 56);
        }
        if (mode < 8 || mode > 10) {
            return address -> RadixTree.unmapped(List.of()); // reserved
        }
        List<RadixTree.Level> levels = new ArrayList<>();
        for (int level = mode - 6; level >= 0; level--) {
            levels.add(new RadixTree.Level("level " + level, 12 + 9 * level, 9));
        }
        RadixTree tree = new RadixTree(physical, ByteOrder.LITTLE_ENDIAN, 8, RiscvPageTables::decode);
        return new RiscvPageTables(tree, (satp & 0x0fff_ffff_ffffL) << 12, List.copyOf(levels));
    }

    @Override
    public PageWalk walk(long address) {
        int unused = 64 - (12 + 9 * levels.size());
        boolean isCanonical = address << unused >> unused == address;
        return isCanonical ? tree.walk(root, levels, address) : RadixTree.unmapped(List.of());
    }

    private static Optional<RadixTree.Entry> decode(long entry, RadixTree.Level level) {
        boolean isReadable = (entry & 2) != 0;
        boolean isWritable = (entry & 4) != 0;
        boolean isExecutable = (entry & 8) != 0;
        long frame = entry >>> 10 & 0x0fff_ffff_ffffL;
        if ((entry & 1) == 0 || (isWritable && !isReadable)) {
            return Optional.empty();
        }
        if (!isReadable && !isExecutable) {
            return Optional.of(RadixTree.Entry.table(frame << 12, Rights.ALL));
        }
        Rights rights = new Rights(isWritable, (entry & 16) != 0, isExecutable);
        if (entry < 0) {
            // Svnapot knows one size: 16 pages, told by the low bits 1000 of the frame
            boolean is64K = level.shift() == 12 && (frame & 15) == 8;
            return is64K ? Optional.of(new RadixTree.Entry(frame << 12, 16, rights)) : Optional.empty();
        }
        boolean isAligned = (frame << 12 & (1L << level.shift()) - 1) == 0;
        return isAligned ? Optional.of(new RadixTree.Entry(frame << 12, level.shift(), rights)) : Optional.empty();
    }
}
