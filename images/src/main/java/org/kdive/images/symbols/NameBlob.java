package org.kdive.images.symbols;

import java.nio.charset.StandardCharsets;

/** All names of a table in one array: a tenth of the memory of as many strings. Names are bytes, read as Latin-1. */
final class NameBlob {
    private final byte[] bytes;
    private final int[] ends;

    /** @param ends where each name ends and the next begins */
    NameBlob(byte[] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
    }

    int count() {
        return ends.length;
    }

    String name(int index) {
        int from = start(index);
        return new String(bytes, from, ends[index] - from, StandardCharsets.ISO_8859_1);
    }

    /** What String.hashCode would say, so that a look-up pays nothing for the hash. */
    int hash(int index) {
        int hash = 0;
        for (int i = start(index); i < ends[index]; i++) {
            hash = 31 * hash + (bytes[i] & 0xff);
        }
        return hash;
    }

    boolean is(int index, String name) {
        return length(index) == name.length() && startsWith(index, name);
    }

    boolean startsWith(int index, String prefix) {
        return length(index) >= prefix.length() && isAt(start(index), prefix);
    }

    boolean endsWith(int index, String suffix) {
        return length(index) >= suffix.length() && isAt(ends[index] - suffix.length(), suffix);
    }

    private boolean isAt(int from, String text) {
        for (int i = 0; i < text.length(); i++) {
            if ((bytes[from + i] & 0xff) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    int length(int index) {
        return ends[index] - start(index);
    }

    char charAt(int index, int at) {
        return (char) (bytes[start(index) + at] & 0xff);
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }
}
