package org.kdive.command;

import java.util.List;

/**
 * What could stand at the cursor.
 *
 * @param from where the word that is replaced begins in the line
 * @param candidates whole words, sorted, without duplicates
 */
public record Completion(int from, List<String> candidates) {
    public Completion {
        candidates = candidates.stream().sorted().distinct().toList();
    }
}
