package org.kdive.images.symbols;

import java.util.OptionalLong;

/** How an image's bytes relate to the addresses it is linked at. */
@FunctionalInterface
public interface LinkMap {
    /** The link-time virtual address of the byte at an offset of the image; empty if unknown. */
    OptionalLong addressOf(long offset);

    /**
     * What a word of the image, whose value in the file is given, holds once the kernel has relocated itself: one linked
     * with RELA may have 0 in its place.
     */
    default long relocated(long offset, long wordInFile) {
        return wordInFile;
    }

    /** Told once a table has been understood: the kernel's first symbol that is an address, which is near its start. */
    default void settle(long firstAddress) {}
}
