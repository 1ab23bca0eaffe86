package org.kdive.session;

import java.util.Optional;
import org.kdive.session.expression.Value;

/**
 * Something that was looked for in a stretch of a replay, and was there.
 *
 * @param instruction how many were executed when the guest came to it
 * @param number the breakpoint's; {@link #OWN} for what a command looks for itself
 * @param said what a catchpoint has to say; empty for others
 * @param before what a watched place held before the instruction, as far as it could be read
 * @param after what it held after that
 */
record Sighting(long instruction, int number, String said, Optional<Value> before, Optional<Value> after) {
    static final int OWN = 0;

    static Sighting at(long instruction, int number, String said) {
        return new Sighting(instruction, number, said, Optional.empty(), Optional.empty());
    }
}
