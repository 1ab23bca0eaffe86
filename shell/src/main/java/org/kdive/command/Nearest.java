package org.kdive.command;

import java.util.Collection;
import java.util.Optional;

/** The name that was probably meant. */
final class Nearest {
    private static final int LONGEST = 64; // the table is quadratic, and nobody mistypes a line

    private Nearest() {}

    /** The closest candidate by typing errors, if it is close: one error in short words, two in longer ones. */
    static Optional<String> to(String typed, Collection<String> candidates) {
        String best = null;
        int least = typed.length() < 5 ? 2 : 3;
        if (typed.length() > LONGEST) {
            return Optional.empty();
        }
        for (String candidate : candidates) {
            int errors = Math.abs(candidate.length() - typed.length()) >= least ? least : errors(typed, candidate);
            if (errors < least) {
                least = errors;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    static int errors(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int cost = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                d[i][j] = swapped ? Math.min(cost, d[i - 2][j - 2] + 1) : cost;
            }
        }
        return d[a.length()][b.length()];
    }
}
