package org.kdive.images.types;

/**
 * An integer.
 *
 * @param name as gdb writes it: {@code unsigned long}, whatever order the compiler put the words in
 */
public record IntType(String name, int bytes, boolean isSigned, boolean isBool, boolean isChar) implements Type {
    @Override
    public long sizeBytes() {
        return bytes;
    }
}
