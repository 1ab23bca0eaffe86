package org.kdive.session;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Place;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/**
 * The memory that a watchpoint's expression names.
 *
 * @param type of what is there; null for a bit-field, whose value is more than its bytes
 */
record WatchedRange(
        long address, long lengthBytes, @Nullable Type type) {
    private static final long WORD_BYTES = 8;

    /**
     * As gdb: an expression that is somewhere in memory is watched there, as long as its type. A number is taken for an address.
     * Throws Usage for a register and for a convenience variable, of which no stub tells changes.
     *
     * @param asked the length in bytes; empty for the type's own
     */
    static WatchedRange of(String expression, Value value, OptionalLong asked, Types types) {
        Place place = value.place();
        if (place instanceof Place.InMemory memory) {
            long own = Types.isUntyped(value.type().strip()) ? 0 : value.type().sizeBytes();
            long length = asked.orElse(own == 0 ? WORD_BYTES : own);
            return new WatchedRange(memory.address(), length, length == own ? value.type() : types.unsigned(length));
        }
        if (place instanceof Place.BitsInMemory bits) {
            long own = (bits.bitOffset() + bits.bitSize() + 7L) / 8;
            return new WatchedRange(bits.address(), asked.orElse(own), null);
        }
        if (place instanceof Place.Nowhere) {
            long length = asked.orElse(WORD_BYTES);
            return new WatchedRange(value.bits(), length, types.unsigned(length));
        }
        throw new SessionException(
                "\"%s\" is not in memory, and only memory can be watched".formatted(expression),
                new SessionFailure.Usage("watch VARIABLE | *(TYPE *)ADDRESS | ADDRESS"));
    }
}
