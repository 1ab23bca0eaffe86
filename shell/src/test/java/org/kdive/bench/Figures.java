package org.kdive.bench;

import java.util.Arrays;

/** What benches make of what they measured. */
public final class Figures {
    private Figures() {}

    /** How long it takes. */
    public static double seconds(Runnable work) {
        long begun = System.nanoTime();
        work.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    /** The middle of them, or the one above it; NaN of none. */
    public static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
