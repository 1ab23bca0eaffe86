package org.kdive.images.types;

import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * An array.
 *
 * @param count 0 for a flexible array at the end of a struct
 */
public record ArrayType(TypeRef element, long count) implements Type {
    @Override
    public long sizeBytes() {
        long elements = 1;
        Type type = this;
        for (int depth = 0; depth < DEEPEST; depth++) {
            if (type instanceof ArrayType array) {
                elements = product(elements, array.count);
                type = array.element.type().strip();
            } else {
                return product(elements, type.sizeBytes());
            }
        }
        throw new ImageException(new ImageFailure.Malformed("types", 0, "an array of arrays that never ends"));
    }

    // hostile counts: a size no memory has, rather than one that wrapped
    private static long product(long left, long right) {
        long high = Math.multiplyHigh(left, right);
        long low = left * right;
        return high != 0 || low < 0 ? Long.MAX_VALUE : low;
    }
}
