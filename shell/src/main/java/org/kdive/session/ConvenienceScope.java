package org.kdive.session;

import java.util.Optional;
import org.kdive.session.expression.Scope;
import org.kdive.session.expression.Value;

/** A scope with the session's own variables in it. Session thread. */
interface ConvenienceScope extends Scope {
    Convenience convenience();

    @Override
    default Optional<Value> variable(String name) {
        return convenience().find(name);
    }

    @Override
    default void define(String name, Value value) {
        convenience().define(name, value);
    }

    @Override
    default int lastNumber() {
        return convenience().lastNumber();
    }
}
