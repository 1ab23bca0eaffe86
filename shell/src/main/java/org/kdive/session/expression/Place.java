package org.kdive.session.expression;

/** Where a value lives, and so whether it can be assigned to and has an address. */
public sealed interface Place {
    /** The result of a computation. */
    record Nowhere() implements Place {}

    /** @param address run-time virtual */
    record InMemory(long address) implements Place {}

    /**
     * A bit-field.
     *
     * @param address of the first byte that has a bit of it
     * @param bitOffset from that byte, counted as the target does: from the lowest bit in little-endian memory
     */
    record BitsInMemory(long address, int bitOffset, int bitSize) implements Place {}

    record InRegister(String name) implements Place {}

    /** A convenience variable. */
    record InVariable(String name) implements Place {}
}
