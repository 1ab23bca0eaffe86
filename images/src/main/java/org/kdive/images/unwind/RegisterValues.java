package org.kdive.images.unwind;

import java.util.Map;
import java.util.OptionalLong;

/** Registers by the stub's names: {@code rip}, {@code x29}, {@code sp}. */
@FunctionalInterface
public interface RegisterValues {
    /** Empty for one that is not known. */
    OptionalLong find(String name);

    static RegisterValues of(Map<String, Long> values) {
        Map<String, Long> copy = Map.copyOf(values);
        return name -> {
            Long value = copy.get(name);
            return value == null ? OptionalLong.empty() : OptionalLong.of(value);
        };
    }

    /** 0 for one that is not known: what a walk makes of it is bounded by what is mapped. */
    default long orZero(String name) {
        return find(name).orElse(0);
    }
}
