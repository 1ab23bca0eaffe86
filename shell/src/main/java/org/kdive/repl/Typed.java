package org.kdive.repl;

/** What came from the keyboard. */
sealed interface Typed {
    /** One line, or several that were pasted at once. */
    record Text(String text) implements Typed {}

    /** Ctrl-C: what stood there is gone. */
    record Cleared() implements Typed {}

    /** Ctrl-D, or the input has ended. */
    record End() implements Typed {}
}
