package org.kdive.images.symbols;

import java.util.Arrays;

/** How far a name is from a misspelt one: insertions, deletions, replacements and swaps of neighbours. */
final class Spelling {
    private final String misspelt;
    private final int limit;
    private int[] beforeLast;
    private int[] last;
    private int[] row;

    Spelling(String misspelt, int limit) {
        this.misspelt = misspelt;
        this.limit = limit;
        beforeLast = new int[misspelt.length() + 1];
        last = new int[misspelt.length() + 1];
        row = new int[misspelt.length() + 1];
    }

    /** The distance, or anything above the limit once it is sure to be exceeded. */
    int distance(NameBlob names, int index) {
        int length = names.length(index);
        if (Math.abs(length - misspelt.length()) > limit) {
            return limit + 1;
        }
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= length; i++) {
            rotate();
            if (fill(names, index, i) > limit) {
                return limit + 1;
            }
        }
        return row[misspelt.length()];
    }

    private void rotate() {
        int[] spare = beforeLast;
        beforeLast = last;
        last = row;
        row = spare;
    }

    /** One more character of the name; answers the least distance in the row. */
    private int fill(NameBlob names, int index, int i) {
        row[0] = i;
        int least = i;
        char c = names.charAt(index, i - 1);
        for (int j = 1; j <= misspelt.length(); j++) {
            char m = misspelt.charAt(j - 1);
            int best = Math.min(Math.min(last[j] + 1, row[j - 1] + 1), last[j - 1] + (c == m ? 0 : 1));
            if (i > 1 && j > 1 && c == misspelt.charAt(j - 2) && names.charAt(index, i - 2) == m) {
                best = Math.min(best, beforeLast[j - 2] + 1);
            }
            row[j] = best;
            least = Math.min(least, best);
        }
        return least;
    }
}
