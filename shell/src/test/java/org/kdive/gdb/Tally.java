package org.kdive.gdb;

import java.util.Map;
import java.util.TreeMap;

/** How often what was seen, by its reason. */
final class Tally {
    private final Map<String, Integer> counts = new TreeMap<>();

    void count(String reason) {
        counts.merge(reason, 1, Integer::sum);
    }

    int of(String reason) {
        return counts.getOrDefault(reason, 0);
    }

    int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
