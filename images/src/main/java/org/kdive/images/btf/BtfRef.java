package org.kdive.images.btf;

import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;

/** A type of one BTF by its id. Two are equal if they name the same record of the same blob. */
record BtfRef(Btf btf, long id) implements TypeRef {
    @Override
    public Type type() {
        return btf.type(id);
    }

    @Override
    public String toString() {
        return "BTF type " + id;
    }
}
