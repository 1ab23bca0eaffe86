package org.kdive.session;

import java.util.Optional;

/** What the names in an expression mean just now. */
interface Scope {
    /** The value of {@code $name}: a register of the current thread or a convenience variable. Empty if it is neither. */
    Optional<Value> dollar(String name);

    /** Assigns a convenience variable or a register. */
    void assign(String name, Value value);

    /** The address of a symbol; throws NoSymbol with suggestions. */
    Value symbol(String name);

    /** An unsigned integer of the target's byte order. */
    long readInteger(long address, int lengthBytes);
}
