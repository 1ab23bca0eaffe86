package org.kdive.images.types;

/** A second name. */
public record TypedefType(String name, TypeRef target) implements Type {
    @Override
    public long sizeBytes() {
        return strip().sizeBytes();
    }
}
