package org.kdive.images.types;

/** A type that is read when asked for: a kernel's types are one great cycle. Implementations are equal by what they name. */
public interface TypeRef {
    Type type();

    static TypeRef to(Type type) {
        return new Direct(type);
    }

    /** A type already there. */
    record Direct(Type type) implements TypeRef {}
}
