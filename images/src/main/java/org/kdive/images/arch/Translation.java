package org.kdive.images.arch;

/**
 * Where a virtual address is.
 *
 * @param physical of the address itself, not of its page
 * @param pageBytes the size of the page or block that maps it; a power of two
 */
public record Translation(long physical, long pageBytes, Rights rights) {
    /** Bytes from the address to the end of its page. */
    public long bytesLeftInPage() {
        return pageBytes - (physical & (pageBytes - 1));
    }
}
