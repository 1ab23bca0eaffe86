package org.kdive.images.fetch;

import java.util.Collection;
import java.util.Comparator;

/** The word that was probably meant. */
final class Meant {
    private static final int LONGEST = 32; // the table is quadratic, and no known word is as long

    private Meant() {}

    /** {@code ; did you mean debian?}, or nothing when no candidate is near. */
    static String instead(String typed, Collection<String> candidates) {
        int most = typed.length() < 5 ? 1 : 2;
        return candidates.stream()
                .filter(candidate -> typed.length() <= LONGEST && errors(typed, candidate) <= most)
                .min(Comparator.comparingInt(candidate -> errors(typed, candidate)))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    private static int errors(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : Math.min(least(d, a, b, i, j), swap(d, a, b, i, j));
            }
        }
        return d[a.length()][b.length()];
    }

    private static int least(int[][] d, String a, String b, int i, int j) {
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        return Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
    }

    private static int swap(int[][] d, String a, String b, int i, int j) {
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? d[i - 2][j - 2] + 1 : Integer.MAX_VALUE;
    }
}
