package org.kdive.images.types;

import java.util.List;
import java.util.Optional;

/**
 * An enum.
 *
 * @param name empty if it has none
 */
public record EnumType(String name, int bytes, boolean isSigned, List<Enumerator> enumerators) implements Type {
    public EnumType {
        enumerators = List.copyOf(enumerators);
    }

    @Override
    public long sizeBytes() {
        return bytes;
    }

    public Optional<Enumerator> findByValue(long value) {
        return enumerators.stream().filter(e -> e.value() == value).findFirst();
    }

    public Optional<Enumerator> findByName(String constant) {
        return enumerators.stream().filter(e -> e.name().equals(constant)).findFirst();
    }
}
