package org.kdive.session;

import java.util.OptionalLong;
import org.kdive.session.expression.Place;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/** The memory that a watchpoint's expression names. */
record WatchedRange(long address, long lengthBytes) {
    private static final long WORD_BYTES = 8;

    /**
     * As gdb: an expression that is somewhere in memory is watched there, as long as its type. A number is taken for an address.
     * Throws Usage for a register and for a convenience variable, of which no stub tells changes.
     *
     * @param asked the length in bytes; empty for the type's own
     */
    static WatchedRange of(String expression, Value value, OptionalLong asked) {
        Place place = value.place();
        if (place instanceof Place.InMemory memory) {
            long own = Types.isUntyped(value.type().strip()) ? 0 : value.type().sizeBytes();
            return new WatchedRange(memory.address(), asked.orElse(own == 0 ? WORD_BYTES : own));
        }
        if (place instanceof Place.BitsInMemory bits) {
            long own = (bits.bitOffset() + bits.bitSize() + 7L) / 8;
            return new WatchedRange(bits.address(), asked.orElse(own));
        }
        if (place instanceof Place.Nowhere) {
            return new WatchedRange(value.bits(), asked.orElse(WORD_BYTES));
        }
        throw new SessionException(
                "\"%s\" is not in memory, and only memory can be watched".formatted(expression),
                new SessionFailure.Usage("watch VARIABLE | *(TYPE *)ADDRESS | ADDRESS"));
    }
}
