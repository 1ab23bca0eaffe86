package org.kdive.images.symbols;

/**
 * A named place in the kernel. The table says whether the address is link-time or run-time; a per-CPU symbol of x86-64
 * (before 6.15) is absolute: its address is an offset into each CPU's area and no slide applies.
 *
 * @param sizeBytes from the source if it knows, else up to the next symbol, bounded; 0 if nothing is known
 * @param type nm's letter: T t text, D d data, B b bss, R r read-only, W w weak, A a absolute
 */
public record Symbol(String name, long address, long sizeBytes, char type) {
    public boolean isText() {
        return isText(type);
    }

    public boolean isAbsolute() {
        return type == 'A' || type == 'a';
    }

    static boolean isText(char type) {
        return type == 'T' || type == 't' || type == 'W' || type == 'w' || type == 'i';
    }

    /** The same symbol elsewhere. */
    public Symbol at(long newAddress) {
        return new Symbol(name, newAddress, sizeBytes, type);
    }
}
