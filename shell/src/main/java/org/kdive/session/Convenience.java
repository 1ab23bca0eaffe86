package org.kdive.session;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Scope;
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

    void define(String name, long value, Scope scope) {
        Type word = scope.types().c("unsigned long long");
        define(name, Value.of(word, value, scope.architecture().byteOrder()));
    }

    /** By name, and those of the history by number. */
    Map<String, Value> all() {
        return Collections.unmodifiableMap(values);
    }

    /** Keeps a value as the next number. */
    int remember(Value value) {
        fix(value);
        values.put(String.valueOf(++lastNumber), value);
        return lastNumber;
    }

    private static void fix(Value value) {
        try {
            value.bytes(); // what it was when it was shown, whatever becomes of its place
        } catch (SessionException e) {
            // a value that cannot be read is kept as the place it was to be read from
        }
    }

    /** Values as they are now. */
    record Saved(Map<String, Value> values, int lastNumber) {
        Saved {
            values = Map.copyOf(values);
        }
    }

    Saved save() {
        values.values().forEach(Convenience::fix);
        return new Saved(values, lastNumber);
    }

    void restore(Saved then) {
        values.clear();
        values.putAll(then.values());
        lastNumber = then.lastNumber();
    }

    int lastNumber() {
        return lastNumber;
    }
}
