package org.kdive.images.arch;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Memory;

/** Arm ARM (DDI 0487), D8: VMSAv8-64, stage 1 of EL1&0. */
final class Arm64PageTables implements PageTables {
    private final boolean isOff;
    private final Half lower;
    private final Half upper;

    Arm64PageTables(long ttbr0, long ttbr1, long tcr, long sctlr, Memory physical) {
        isOff = (sctlr & 1) == 0;
        ByteOrder order = (sctlr >>> 25 & 1) != 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int[] lowerShifts = {12, 16, 14, 0}; // TG0
        int[] upperShifts = {0, 14, 12, 16}; // TG1
        lower = new Half(ttbr0, lowerShifts[(int) (tcr >>> 14 & 3)], tcr, tcr, tcr >>> 37, physical, order);
        upper = new Half(ttbr1, upperShifts[(int) (tcr >>> 30 & 3)], tcr >>> 16, tcr, tcr >>> 38, physical, order);
    }

    @Override
    public PageWalk walk(long address) {
        if (isOff) {
            return PageTables.identity(1L << 52).walk(address);
        }
        return ((address >>> 55 & 1) != 0 ? upper : lower).walk(address);
    }

    // Descriptor: bit 0 valid, bit 1 table (or page at level 3), 6 user, 7 read-only, 53 PXN, 54 UXN;
    // a table's limits on what is below it: 61 no user, 62 read-only
    /** One of the two ranges of addresses, each with its table, granule and size. */
    private static final class Half {
        private final RadixTree tree;
        private final int pageShift;
        private final int addressBits;
        private final boolean isOff;
        private final boolean ignoresTopByte;
        private final boolean hasLpa2;
        private final boolean hasLpa;
        private final long root;

        /**
         * @param control TCR_EL1 shifted so that this half's fields are where TTBR0's are
         * @param topByte TCR_EL1 shifted so that this half's TBI bit is the lowest
         */
        Half(long ttbr, int pageShift, long control, long tcr, long topByte, Memory physical, ByteOrder order) {
            this.pageShift = pageShift;
            this.addressBits = 64 - (int) (control & 63);
            this.isOff = (control >>> 7 & 1) != 0; // EPD
            this.ignoresTopByte = (topByte & 1) != 0;
            // 52-bit physical addresses: DS with small granules, IPS with 64 KiB; the high bits move
            this.hasLpa2 = pageShift != 16 && (tcr >>> 59 & 1) != 0;
            this.hasLpa = pageShift == 16 && (tcr >>> 32 & 7) == 6;
            // bits 63:48 are the address space number, bit 0 is CnP; with 52 bits, 5:2 hold address bits 51:48
            this.root =
                    hasLpa || hasLpa2 ? (ttbr & 0xffff_ffff_ffc0L) | (ttbr >>> 2 & 15) << 48 : ttbr & 0xffff_ffff_fffeL;
            this.tree = new RadixTree(physical, order, 8, this::decode);
        }

        PageWalk walk(long address) {
            boolean isSane = !isOff && pageShift != 0 && addressBits >= 16 && addressBits <= 52;
            return isSane && isInside(address) ? tree.walk(root, levels(), address) : RadixTree.unmapped(List.of());
        }

        // the bits between the size of the half and the top (or the ignored byte) all equal bit 55
        private boolean isInside(long address) {
            long rest = (ignoresTopByte ? address << 8 >> 8 : address) >> addressBits;
            return rest == ((address >>> 55 & 1) != 0 ? -1 : 0);
        }

        private List<RadixTree.Level> levels() {
            int stride = pageShift - 3;
            int count = (addressBits - pageShift + stride - 1) / stride;
            List<RadixTree.Level> levels = new ArrayList<>();
            for (int level = 4 - count; level <= 3; level++) {
                int shift = pageShift + (3 - level) * stride;
                levels.add(new RadixTree.Level("level " + level, shift, Math.min(stride, addressBits - shift)));
            }
            return levels;
        }

        private Optional<RadixTree.Entry> decode(long entry, RadixTree.Level level) {
            boolean isLast = level.shift() == pageShift;
            if ((entry & 1) == 0 || (isLast && (entry & 2) == 0)) {
                return Optional.empty();
            }
            if (!isLast && (entry & 2) != 0) {
                // a table can also forbid execution, to the kernel or to users apart: its leaves say so too in Linux
                Rights below = new Rights((entry >>> 62 & 1) == 0, (entry >>> 61 & 1) == 0, true);
                return Optional.of(RadixTree.Entry.table(frame(entry, 0), below));
            }
            boolean isUser = (entry >>> 6 & 1) != 0;
            boolean noExecute = (entry >>> (isUser ? 54 : 53) & 1) != 0;
            Rights rights = new Rights((entry >>> 7 & 1) == 0, isUser, !noExecute);
            return Optional.of(new RadixTree.Entry(frame(entry, level.shift()), level.shift(), rights));
        }

        private long frame(long entry, int lowBit) {
            if (hasLpa2) {
                return (entry & 0x0003_ffff_ffff_f000L & -(1L << lowBit)) | (entry >>> 8 & 3) << 50;
            }
            if (hasLpa) {
                return (entry & 0x0000_ffff_ffff_0000L & -(1L << lowBit)) | (entry >>> 12 & 15) << 48;
            }
            return entry & 0x0000_ffff_ffff_f000L & -(1L << lowBit);
        }
    }
}
