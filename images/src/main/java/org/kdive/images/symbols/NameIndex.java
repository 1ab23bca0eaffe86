package org.kdive.images.symbols;

import java.util.stream.IntStream;

/**
 * Symbols by the hash of their name: bucket after bucket in one array, in table order within a bucket. Unlike open
 * addressing it is linear to build however many names are equal, which a hostile image may choose.
 */
final class NameIndex {
    private final NameBlob names;
    private final int mask;
    private final int[] bucketEnds;
    private final int[] members;

    NameIndex(NameBlob names) {
        this.names = names;
        int count = names.count();
        int buckets = Integer.highestOneBit(Math.max(1, count)) * 2;
        mask = buckets - 1;
        int[] bucketOf = new int[count];
        int[] ends = new int[buckets];
        for (int i = 0; i < count; i++) {
            bucketOf[i] = bucket(names.hash(i));
            ends[bucketOf[i]]++;
        }
        for (int b = 1; b < buckets; b++) {
            ends[b] += ends[b - 1];
        }
        members = new int[count];
        int[] next = ends.clone();
        for (int i = count - 1; i >= 0; i--) {
            members[--next[bucketOf[i]]] = i;
        }
        bucketEnds = ends;
    }

    /** The first symbol of that name, or -1. */
    int first(String name) {
        int bucket = bucket(name.hashCode());
        for (int i = start(bucket); i < bucketEnds[bucket]; i++) {
            if (names.is(members[i], name)) {
                return members[i];
            }
        }
        return -1;
    }

    /** Every symbol of that name, in table order. */
    IntStream all(String name) {
        int bucket = bucket(name.hashCode());
        return IntStream.range(start(bucket), bucketEnds[bucket])
                .map(i -> members[i])
                .filter(member -> names.is(member, name));
    }

    private int start(int bucket) {
        return bucket == 0 ? 0 : bucketEnds[bucket - 1];
    }

    private int bucket(int hash) {
        return (hash ^ (hash >>> 15)) & mask;
    }
}
