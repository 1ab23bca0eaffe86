package org.kdive.images.types;

/** A pointer. */
public record PointerType(TypeRef target, int bytes) implements Type {
    @Override
    public long sizeBytes() {
        return bytes;
    }
}
