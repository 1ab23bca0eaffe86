package org.kdive.images.symbols;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/** Collects symbols for a {@link SymbolTable}, in any order; sorting is skipped when they come sorted. */
public final class SymbolTableBuilder {
    private static final int TYPICAL_NAME_BYTES = 20;

    private byte[] nameBytes;
    private int[] nameEnds;
    private long[] addresses;
    private long[] sizes;
    private byte[] types;
    private int count;
    private int nameLength;
    private boolean sized;

    public SymbolTableBuilder(int expectedSymbols) {
        int capacity = Math.max(16, expectedSymbols);
        nameBytes = new byte[Math.multiplyExact(capacity, TYPICAL_NAME_BYTES)];
        nameEnds = new int[capacity];
        addresses = new long[capacity];
        sizes = new long[capacity];
        types = new byte[capacity];
    }

    /** One more symbol; a size of 0 means that the source does not know it. */
    public SymbolTableBuilder add(String name, long address, long sizeBytes, char type) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return add(bytes, 0, bytes.length, address, sizeBytes, type);
    }

    /** The name as bytes of an array, which are copied. */
    public SymbolTableBuilder add(byte[] array, int from, int length, long address, long sizeBytes, char type) {
        makeRoom(length);
        System.arraycopy(array, from, nameBytes, nameLength, length);
        nameLength += length;
        nameEnds[count] = nameLength;
        addresses[count] = address;
        sizes[count] = sizeBytes;
        types[count] = (byte) type;
        sized |= sizeBytes != 0;
        count++;
        return this;
    }

    /** Gives the type A to what is so far at such addresses. */
    SymbolTableBuilder withAbsolute(LongPredicate isAbsolute) {
        for (int i = 0; i < count; i++) {
            if (isAbsolute.test(addresses[i])) {
                types[i] = 'A';
            }
        }
        return this;
    }

    public int count() {
        return count;
    }

    /** The table so far. The source says what the symbols are, for messages: "kallsyms of vmlinuz". */
    public SymbolTable build(String source) {
        return isSorted() ? table(source) : sorted().table(source);
    }

    private SymbolTable table(String source) {
        return new SymbolTable(
                source,
                new NameBlob(Arrays.copyOf(nameBytes, nameLength), Arrays.copyOf(nameEnds, count)),
                Arrays.copyOf(addresses, count),
                Arrays.copyOf(types, count),
                sized ? Arrays.copyOf(sizes, count) : new long[0]);
    }

    private boolean isSorted() {
        for (int i = 1; i < count; i++) {
            if (Long.compareUnsigned(addresses[i - 1], addresses[i]) > 0) {
                return false;
            }
        }
        return true;
    }

    private SymbolTableBuilder sorted() {
        SymbolTableBuilder sorted = new SymbolTableBuilder(count);
        IntStream.range(0, count)
                .boxed()
                .sorted((a, b) -> Long.compareUnsigned(addresses[a], addresses[b]))
                .forEach(i -> {
                    int from = i == 0 ? 0 : nameEnds[i - 1];
                    sorted.add(nameBytes, from, nameEnds[i] - from, addresses[i], sizes[i], (char) types[i]);
                });
        return sorted;
    }

    private void makeRoom(int nameLengthToAdd) {
        if (count == nameEnds.length) {
            int capacity = Math.multiplyExact(count, 2);
            nameEnds = Arrays.copyOf(nameEnds, capacity);
            addresses = Arrays.copyOf(addresses, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
            types = Arrays.copyOf(types, capacity);
        }
        int needed = Math.addExact(nameLength, nameLengthToAdd);
        if (needed > nameBytes.length) {
            nameBytes = Arrays.copyOf(nameBytes, Math.max(needed, Math.multiplyExact(nameBytes.length, 2)));
        }
    }
}
