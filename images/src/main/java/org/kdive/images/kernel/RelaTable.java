package org.kdive.images.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.kdive.images.bytes.Bytes;

/**
 * The relocations that a flat arm64 kernel applies to itself at boot. Linked with --no-apply-dynamic-relocs, the words
 * they are for are 0 in the file. Found by their shape, since a flat image has no section headers.
 *
 * <pre>
 * { r_offset64, r_info64 = R_AARCH64_RELATIVE, r_addend64 }*
 * </pre>
 */
public final class RelaTable {
    private static final long R_AARCH64_RELATIVE = 0x403;
    private static final int ENTRY_BYTES = 24;
    private static final int MIN_ENTRIES = 64;
    private static final long BASE_ALIGNMENT = 2 << 20; // the kernel is linked at a multiple of it

    private final Bytes image;
    private final int offset;
    private final int count;
    private final boolean isSorted;

    private RelaTable(Bytes image, int offset, int count) {
        this.image = image;
        this.offset = offset;
        this.count = count;
        this.isSorted = findOrder();
    }

    /** The longest run of such entries; an empty table if there is none. */
    public static RelaTable find(Bytes image) {
        int best = 0;
        int most = 0;
        int at = 8;
        while (image.holds(at, 16)) {
            if (image.u64At(at) == R_AARCH64_RELATIVE) {
                int entries = run(image, at);
                if (entries > most) {
                    best = at - 8;
                    most = entries;
                }
                at += entries * ENTRY_BYTES;
            } else {
                at += 8;
            }
        }
        return most >= MIN_ENTRIES ? new RelaTable(image, best, most) : new RelaTable(image, 0, 0);
    }

    private static int run(Bytes image, int info) {
        int entries = 0;
        for (long at = info; image.holds(at, 16) && image.u64At(at) == R_AARCH64_RELATIVE; at += ENTRY_BYTES) {
            entries++;
        }
        return entries;
    }

    /**
     * Where the image is linked, given the offset in it of a word that is relocated to an address near the image's start.
     * An entry elsewhere may agree modulo the alignment, so all entries must fall inside the image.
     */
    OptionalLong baseFor(long wordOffset) {
        for (int i = 0; i < count; i++) {
            long base = relocated(i) - wordOffset;
            long inside = addend(i) - base;
            if (base % BASE_ALIGNMENT == 0 && inside >= 0 && inside < BASE_ALIGNMENT && holdsAll(base)) {
                return OptionalLong.of(base);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Where the image is linked as far as the entries alone tell: they lie inside of it, and of the places that are left
     * kernels are linked at the roundest.
     */
    OptionalLong likelyBase() {
        if (count == 0) {
            return OptionalLong.empty();
        }
        long lowest = relocated(0);
        for (int i = 1; i < count; i++) {
            lowest = Math.min(lowest, relocated(i));
        }
        long best = lowest & -BASE_ALIGNMENT;
        for (long base = best; lowest - base < image.size(); base -= BASE_ALIGNMENT) {
            boolean isRounder = Long.numberOfTrailingZeros(base) > Long.numberOfTrailingZeros(best);
            if (isRounder && holdsAll(base)) {
                best = base;
            }
        }
        return holdsAll(best) ? OptionalLong.of(best) : OptionalLong.empty();
    }

    /** What the relocation puts at an address. */
    OptionalLong addendAt(long address) {
        int from = 0;
        int to = count;
        if (isSorted) {
            from = firstAtOrAbove(address);
            to = Math.min(count, from + 1);
        }
        for (int i = from; i < to; i++) {
            if (relocated(i) == address) {
                return OptionalLong.of(addend(i));
            }
        }
        return OptionalLong.empty();
    }

    private int firstAtOrAbove(long address) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(relocated(middle), address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    // as linkers leave it: they put the relative ones in the order of their places (ld's -z combreloc)
    private boolean findOrder() {
        for (int i = 1; i < count; i++) {
            if (Long.compareUnsigned(relocated(i - 1), relocated(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    /** The link-time addresses in a range whose words are relocated. */
    public List<Long> within(long start, long end) {
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (relocated(i) >= start && relocated(i) < end) {
                places.add(relocated(i));
            }
        }
        return places;
    }

    /** Does to the words of a piece of the image, linked at {@code start}, what a kernel moved by the slide does. */
    public void apply(long start, byte[] piece, long slideBytes) {
        for (int i = 0; i < count; i++) {
            long inside = relocated(i) - start;
            if (inside >= 0 && inside + 8 <= piece.length) {
                long word = addend(i) + slideBytes;
                for (int at = 0; at < 8; at++) {
                    piece[(int) inside + at] = (byte) (word >>> 8 * at);
                }
            }
        }
    }

    private boolean holdsAll(long base) {
        for (int i = 0; i < count; i++) {
            long inside = relocated(i) - base;
            if (inside < 0 || inside >= image.size()) {
                return false;
            }
        }
        return true;
    }

    private long relocated(int index) {
        return image.u64At(offset + (long) index * ENTRY_BYTES);
    }

    private long addend(int index) {
        return image.u64At(offset + (long) index * ENTRY_BYTES + 16);
    }
}
