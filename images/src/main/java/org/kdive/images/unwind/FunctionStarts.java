package org.kdive.images.unwind;

import java.util.OptionalLong;

/** Where the function that holds an address begins, at run-time addresses: from the symbols. */
@FunctionalInterface
public interface FunctionStarts {
    OptionalLong find(long pc);
}
