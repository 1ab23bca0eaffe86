package org.kdive.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * What each page of a guest's RAM held at one moment, as a sum of 32 bits: enough to tell which pages were written since.
 * A page whose sum is the same by chance is one in four thousand million.
 */
public final class PageSums {
    public static final int PAGE_BYTES = 4096;

    private final List<MemoryMap.Range> ranges;
    private final List<int[]> sums;

    PageSums(List<MemoryMap.Range> ranges, List<int[]> sums) {
        this.ranges = List.copyOf(ranges);
        this.sums = List.copyOf(sums);
    }

    /** How many pages there are. */
    public int count() {
        return sums.stream().mapToInt(each -> each.length).sum();
    }

    /** Physical addresses of the pages that hold something else in {@code now}, ascending by range. */
    public List<Long> changedIn(PageSums now) {
        List<Long> changed = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            int[] others = now.of(ranges.get(i));
            int[] own = sums.get(i);
            for (int page = 0; page < own.length; page++) {
                if (others.length <= page || own[page] != others[page]) {
                    changed.add(ranges.get(i).physicalAddress() + (long) page * PAGE_BYTES);
                }
            }
        }
        return changed;
    }

    private int[] of(MemoryMap.Range range) {
        int index = ranges.indexOf(range);
        return index < 0 ? new int[0] : sums.get(index);
    }
}
