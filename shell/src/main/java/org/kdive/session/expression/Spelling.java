package org.kdive.session.expression;

import java.util.List;
import java.util.Optional;

/** Which name was meant. */
final class Spelling {
    private static final int MOST_WRONG = 2;

    private Spelling() {}

    static Optional<String> nearest(String misspelt, List<String> names) {
        int best = Math.min(MOST_WRONG, misspelt.length() / 3) + 1;
        String found = null;
        for (String name : names) {
            int distance = Math.abs(name.length() - misspelt.length()) < best ? distance(misspelt, name) : best;
            if (distance < best) {
                best = distance;
                found = name;
            }
        }
        return Optional.ofNullable(found);
    }

    // Levenshtein's, one row at a time
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
