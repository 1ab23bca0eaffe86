package org.kdive.images.types;

/** {@code float}, {@code double} and longer. */
public record FloatType(String name, int bytes) implements Type {
    @Override
    public long sizeBytes() {
        return bytes;
    }
}
