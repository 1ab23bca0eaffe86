package org.kdive.images.symbols;

import java.util.OptionalLong;

/** How an image's bytes relate to the addresses it is linked at. */
public interface LinkMap {
    /** The link-time virtual address of the byte at an offset of the image; empty if unknown. */
    OptionalLong addressOf(long offset);

    /**
     * The word at an offset of the image that would be there without relocations left for boot: kernels linked with RELA
     * may have 0 in its place.
     */
    long relocatedWordAt(long offset);
}
