package org.kdive.images.types;

/** {@code void}. */
public record VoidType() implements Type {
    @Override
    public long sizeBytes() {
        return 0;
    }
}
