package org.kdive.images.types;

import java.util.List;

/** A function's prototype. */
public record FunctionType(TypeRef result, List<Parameter> parameters, boolean isVariadic) implements Type {
    public FunctionType {
        parameters = List.copyOf(parameters);
    }

    @Override
    public long sizeBytes() {
        return 0;
    }
}
