package org.kdive.repl;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Where lines come from. Front end's thread. */
interface Keyboard extends AutoCloseable {

    Typed read(String prompt);

    List<String> history();

    /**
     * Hands every key to {@code guest} until the user leaves or {@code over} says so. False if this keyboard cannot give
     * single keys.
     */
    boolean passThrough(ConsoleLine guest, BooleanSupplier over, Screen screen);

    @Override
    void close();
}
