package org.kdive.session.printing;

/**
 * gdb's {@code set print}.
 *
 * @param pretty whether each member of a struct has a line of its own
 * @param elements of an array or text that are shown; the rest is three dots
 * @param repeats more equal elements than this are shown once, with their count
 * @param maxDepth structs inside structs that are opened; deeper ones are {@code {...}}
 * @param symbols whether addresses have their symbols behind them
 */
public record PrintOptions(boolean pretty, int elements, int repeats, int maxDepth, boolean symbols) {
    /** gdb's own, but pretty. */
    public static PrintOptions defaults() {
        return new PrintOptions(true, 200, 10, 20, true);
    }
}
