package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.util.OptionalInt;

/**
 * Where in physical memory a kernel without ELF headers wants its first byte, as its header says.
 *
 * @param textOffset how far above the boundary
 * @param boundaryBytes what the place below is a multiple of; 0 for the start of memory
 * @param anywhere over any such boundary; else over one as near to the start of memory as may be
 * @param memoryBytes what it takes from its first byte on, zeroed data included; 0 if not told
 * @param pageBytes of the page tables that it makes; empty if not told
 */
public record Placement(
        long textOffset,
        long boundaryBytes,
        boolean anywhere,
        long memoryBytes,
        OptionalInt pageBytes,
        ByteOrder order) {
    /** For a person: "0x80000 above a boundary of 2 MiB, anywhere in memory". */
    public String where() {
        String offset = textOffset == 0 ? "at" : "0x%x above".formatted(textOffset);
        if (boundaryBytes == 0) {
            return offset + " the start of memory";
        }
        return "%s a boundary of %d MiB, %s"
                .formatted(offset, boundaryBytes >> 20, anywhere ? "anywhere in memory" : "near the start of memory");
    }
}
