package org.kdive.machine;

/**
 * What each page of a guest's RAM held at one moment, as a sum of 32 bits: enough to tell which pages were written since.
 * A page that was written and has the same sum by chance is one in four thousand million.
 */
public final class PageSums {
    public static final int PAGE_BYTES = 4096;

    private final int[] sums; // by place in the file behind RAM: firmware moves what is seen of it where

    /** @param sums kept as it is */
    PageSums(int[] sums) {
        this.sums = sums;
    }

    /** Whether another moment, of the same guest, has something else at this place in the file. */
    boolean differsAt(long offset, PageSums other) {
        int page = (int) (offset / PAGE_BYTES);
        return page >= sums.length || page >= other.sums.length || sums[page] != other.sums[page];
    }
}
