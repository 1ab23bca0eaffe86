package org.kdive.images.btf;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;
import org.kdive.images.bytes.Bytes;

/** Records by name: an open hash table of record numbers, the names staying where they are. */
final class NameIndex {
    private final byte[] names;
    private final int namesStart;
    private final int namesEnd;
    private final int[] nameOffsets;
    private final int[] slots;

    private NameIndex(Bytes strings, int[] nameOffsets, int[] slots) {
        this.names = strings.array();
        this.namesStart = strings.arrayStart();
        this.namesEnd = namesStart + strings.size();
        this.nameOffsets = nameOffsets;
        this.slots = slots;
    }

    /**
     * @param nameOffsets for each record where its name begins in the strings; below 0 or past the end for those that
     *     are not to be found
     */
    static NameIndex of(Bytes strings, int[] nameOffsets) {
        int capacity = Math.max(16, Integer.highestOneBit(Math.max(1, nameOffsets.length)) * 4);
        NameIndex index = new NameIndex(strings, nameOffsets, new int[capacity]);
        for (int record = 0; record < nameOffsets.length; record++) {
            int offset = nameOffsets[record];
            if (offset >= 0 && offset < strings.size()) {
                index.add(record, index.namesStart + offset);
            }
        }
        return index;
    }

    private void add(int record, int at) {
        int hash = 0;
        // the last byte of the strings is NUL
        for (int i = at; names[i] != 0; i++) {
            hash = hash * 31 + names[i];
        }
        int slot = spread(hash);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = record + 1;
    }

    private int spread(int hash) {
        return ((hash ^ (hash >>> 15)) * 0x9e3779b1) >>> 7 & (slots.length - 1);
    }

    /** The first record of that name that the test takes; -1 if there is none. */
    int find(String name, IntPredicate wanted) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        int hash = 0;
        for (byte each : bytes) {
            hash = hash * 31 + each;
        }
        for (int slot = spread(hash); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
            int record = slots[slot] - 1;
            if (isNamed(nameOffsets[record], bytes) && wanted.test(record)) {
                return record;
            }
        }
        return -1;
    }

    private boolean isNamed(int offset, byte[] bytes) {
        int from = namesStart + offset;
        if (bytes.length >= namesEnd - from || names[from + bytes.length] != 0) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (names[from + i] != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
