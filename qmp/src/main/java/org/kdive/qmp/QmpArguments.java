package org.kdive.qmp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Builds a command's arguments, in the order they are logged; an empty optional leaves its name out. */
final class QmpArguments {
    private final Map<String, Object> arguments = new LinkedHashMap<>();

    static QmpArguments with(String name, Object value) {
        return new QmpArguments().and(name, value);
    }

    QmpArguments and(String name, Object value) {
        arguments.put(name, value);
        return this;
    }

    QmpArguments and(String name, Optional<?> value) {
        value.ifPresent(present -> arguments.put(name, present));
        return this;
    }

    QmpArguments and(String name, OptionalInt value) {
        value.ifPresent(present -> arguments.put(name, present));
        return this;
    }

    Map<String, ?> map() {
        return arguments;
    }
}
