package org.kdive.gdbrsp;

/**
 * One register as the target description has it.
 *
 * @param number as {@code p} and {@code P} want it
 * @param type such as {@code int64}, {@code data_ptr}, {@code i387_ext}, {@code vec128}
 * @param group such as {@code general}; empty when the description does not say
 * @param feature the standard feature it belongs to, such as {@code org.gnu.gdb.i386.core}
 */
public record Register(String name, int number, int bits, String type, String group, String feature) {
    /** Bytes it takes in {@code g}, {@code p} and {@code P}. */
    public int sizeBytes() {
        return (bits + 7) / 8;
    }
}
