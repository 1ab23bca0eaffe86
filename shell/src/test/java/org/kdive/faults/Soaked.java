package org.kdive.faults;

/** Rounds of one kind in five parts; what is held after the first part is all that may be held after the last. */
final class Soaked {
    private static final int PARTS = 5;

    /** So many rounds. */
    interface Rounds {
        void run(int count) throws Exception;
    }

    private final String what;
    private final int count;

    Soaked(String what, int count) {
        this.what = what;
        this.count = count;
    }

    void run(Rounds rounds) throws Exception {
        long begun = System.nanoTime();
        Held first = null;
        for (int part = 1; part <= PARTS; part++) {
            rounds.run(count * part / PARTS - count * (part - 1) / PARTS);
            Held now = Held.settled();
            System.out.printf(
                    "%s: %d of %d, %.1f s: %s%n",
                    what, count * part / PARTS, count, (System.nanoTime() - begun) / 1e9, now);
            if (first == null) {
                first = now;
            } else {
                now.requireNoMoreThan(first);
            }
        }
    }
}
