package org.kdive.images.symbols;

import java.util.Arrays;

/**
 * Where in a sorted list of addresses to look: the range of the addresses in equal stretches, and the first of the list in
 * each. A binary search over 150,000 addresses misses the caches at most of its steps; within a stretch there are few.
 */
final class AddressIndex {
    private static final int MAX_STRETCHES = 1 << 16;

    private final long[] addresses;
    private final int shift;
    private final long base;
    private final int[] firsts;

    /** @param addresses ascending as unsigned numbers, not copied */
    AddressIndex(long[] addresses) {
        this.addresses = addresses;
        // Per-CPU offsets come first and lie far below; all others are near each other.
        int begin = addresses.length / 2;
        while (begin > 0 && (addresses[begin - 1] < 0) == (addresses[begin] < 0)) {
            begin--;
        }
        base = addresses.length == 0 ? 0 : addresses[begin];
        long span = addresses.length == 0 ? 0 : addresses[addresses.length - 1] - base;
        shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(span) - 16);
        int stretches = Math.min(MAX_STRETCHES, (int) (span >>> shift) + 1);
        firsts = new int[stretches + 1];
        Arrays.fill(firsts, addresses.length);
        for (int i = addresses.length - 1; i >= begin; i--) {
            firsts[(int) (addresses[i] - base >>> shift)] = i;
        }
        for (int stretch = stretches - 1; stretch >= 0; stretch--) {
            firsts[stretch] = Math.min(firsts[stretch], firsts[stretch + 1]);
        }
    }

    /** The last that is not above the address; -1 if all are. */
    int lastNotAbove(long address) {
        int low = 0;
        int high = addresses.length - 1;
        long stretch = address - base >>> shift;
        if (Long.compareUnsigned(address, base) >= 0 && stretch >= 0 && stretch < firsts.length - 1) {
            // One before the stretch's first may be the answer, and is when the stretch is empty.
            low = firsts[(int) stretch];
            high = firsts[(int) stretch + 1] - 1;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return low - 1;
    }
}
