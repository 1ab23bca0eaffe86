package org.kdive.images.types;

import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** A C type. {@link #strip()} before asking which case it is. */
public sealed interface Type
        permits VoidType,
                IntType,
                FloatType,
                PointerType,
                ArrayType,
                StructType,
                EnumType,
                ForwardType,
                FunctionType,
                TypedefType,
                QualifiedType {
    /** More links than this in a chain of typedefs, or arrays of arrays, is no C program's. */
    int DEEPEST = 64;

    /** 0 for void, functions and structs that are only declared. */
    long sizeBytes();

    /** As C writes it without a variable: {@code struct list_head *}, {@code int (*)(void *)}. */
    default String cName() {
        return CPrinter.name(this);
    }

    /** The type under all typedefs and qualifiers. */
    default Type strip() {
        Type type = this;
        for (int depth = 0; depth < DEEPEST; depth++) {
            if (type instanceof TypedefType typedef) {
                type = typedef.target().type();
            } else if (type instanceof QualifiedType qualified) {
                type = qualified.target().type();
            } else {
                return type;
            }
        }
        throw new ImageException(new ImageFailure.Malformed("types", 0, "a typedef that never ends"));
    }
}
