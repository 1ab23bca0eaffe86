package org.kdive.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kdive.session.expression.Value;

/** Convenience variables by name, and the values printed so far by number. Session thread. */
final class Convenience {
    private final Map<String, Value> values = new HashMap<>();
    private int lastNumber;

    Optional<Value> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    void define(String name, Value value) {
        values.put(name, value);
    }

    /** Keeps a value as the next number. */
    int remember(Value value) {
        try {
            value.bytes(); // what it was when it was shown, whatever becomes of its place
        } catch (SessionException e) {
            // a value that cannot be read is kept as the place it was to be read from
        }
        values.put(String.valueOf(++lastNumber), value);
        return lastNumber;
    }

    int lastNumber() {
        return lastNumber;
    }
}
