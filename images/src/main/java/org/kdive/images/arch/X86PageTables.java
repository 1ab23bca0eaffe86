package org.kdive.images.arch;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Memory;

// Entry: bit 0 present, 1 writable, 2 user, 7 page (in a directory), 63 no execute; the frame from bit 12 up to bit 51
/** Intel SDM volume 3, chapter 4: 32-bit, PAE, 4-level and 5-level paging. */
final class X86PageTables implements PageTables {
    private static final long CR0_PG = 1L << 31;
    private static final long CR4_PSE = 1L << 4;
    private static final long CR4_PAE = 1L << 5;
    private static final long CR4_LA57 = 1L << 12;
    private static final long EFER_LMA = 1L << 10;
    private static final long EFER_NXE = 1L << 11;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;

    private static final RadixTree.Level PML5 = new RadixTree.Level("PML5", 48, 9);
    private static final RadixTree.Level PML4 = new RadixTree.Level("PML4", 39, 9);
    private static final RadixTree.Level PDPT = new RadixTree.Level("PDPT", 30, 9);
    private static final RadixTree.Level PAE_PDPT = new RadixTree.Level("PDPT", 30, 2);
    private static final RadixTree.Level PD = new RadixTree.Level("PD", 21, 9);
    private static final RadixTree.Level PT = new RadixTree.Level("PT", 12, 9);
    private static final RadixTree.Level OLD_PD = new RadixTree.Level("PD", 22, 10);
    private static final RadixTree.Level OLD_PT = new RadixTree.Level("PT", 12, 10);

    private final RadixTree tree;
    private final long root;
    private final List<RadixTree.Level> levels;
    private final int addressBits;

    private X86PageTables(RadixTree tree, long root, List<RadixTree.Level> levels, int addressBits) {
        this.tree = tree;
        this.root = root;
        this.levels = levels;
        this.addressBits = addressBits;
    }

    static PageTables of(long cr0, long cr3, long cr4, long efer, Memory physical) {
        if ((cr0 & CR0_PG) == 0) {
            return PageTables.identity(1L << 32);
        }
        boolean nx = (efer & EFER_NXE) != 0;
        RadixTree wide =
                new RadixTree(physical, ByteOrder.LITTLE_ENDIAN, 8, (entry, level) -> decodeWide(entry, level, nx));
        if ((efer & EFER_LMA) != 0) {
            return (cr4 & CR4_LA57) != 0
                    ? new X86PageTables(wide, cr3 & FRAME, List.of(PML5, PML4, PDPT, PD, PT), 57)
                    : new X86PageTables(wide, cr3 & FRAME, List.of(PML4, PDPT, PD, PT), 48);
        }
        if ((cr4 & CR4_PAE) != 0) {
            return new X86PageTables(wide, cr3 & 0xffff_ffe0L, List.of(PAE_PDPT, PD, PT), 32);
        }
        boolean pse = (cr4 & CR4_PSE) != 0;
        RadixTree old =
                new RadixTree(physical, ByteOrder.LITTLE_ENDIAN, 4, (entry, level) -> decodeOld(entry, level, pse));
        return new X86PageTables(old, cr3 & 0xffff_f000L, List.of(OLD_PD, OLD_PT), 32);
    }

    @Override
    public PageWalk walk(long address) {
        return isCanonical(address) ? tree.walk(root, levels, address) : RadixTree.unmapped(List.of());
    }

    private boolean isCanonical(long address) {
        if (addressBits == 32) {
            return address >>> 32 == 0;
        }
        int unused = 64 - addressBits;
        return address << unused >> unused == address;
    }

    private static Optional<RadixTree.Entry> decodeWide(long entry, RadixTree.Level level, boolean nx) {
        if ((entry & 1) == 0) {
            return Optional.empty();
        }
        if (level.equals(PAE_PDPT)) {
            return Optional.of(RadixTree.Entry.table(entry & FRAME, Rights.ALL)); // has no rights bits
        }
        Rights rights = new Rights((entry & 2) != 0, (entry & 4) != 0, !nx || entry >= 0);
        boolean isPage = level.equals(PT) || ((level.equals(PD) || level.equals(PDPT)) && (entry & 0x80) != 0);
        return Optional.of(new RadixTree.Entry(entry & FRAME, isPage ? level.shift() : 0, rights));
    }

    private static Optional<RadixTree.Entry> decodeOld(long entry, RadixTree.Level level, boolean pse) {
        if ((entry & 1) == 0) {
            return Optional.empty();
        }
        Rights rights = new Rights((entry & 2) != 0, (entry & 4) != 0, true);
        if (level.equals(OLD_PD) && pse && (entry & 0x80) != 0) {
            // PSE-36: bits 20:13 are bits 39:32 of the frame
            long base = (entry & 0xffc0_0000L) | (entry >>> 13 & 0xff) << 32;
            return Optional.of(new RadixTree.Entry(base, level.shift(), rights));
        }
        return Optional.of(new RadixTree.Entry(entry & 0xffff_f000L, level.equals(OLD_PT) ? level.shift() : 0, rights));
    }
}
