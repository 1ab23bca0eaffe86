package org.kdive.cli;

import java.util.Locale;

/** Sizes and durations as people read them. */
final class Amounts {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Amounts() {}

    /** Three digits and a binary unit: {@code 8.42 MiB}. */
    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1000 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        String digits = unit == 0
                ? Long.toString(bytes)
                : amount < 10 ? decimal("%.2f", amount) : decimal(amount < 100 ? "%.1f" : "%.0f", amount);
        return digits + " " + UNITS[unit];
    }

    private static String decimal(String format, double amount) {
        return String.format(Locale.ROOT, format, amount);
    }

    /** {@code 7 s}, {@code 2:05}. */
    static String seconds(long seconds) {
        return seconds < 60 ? seconds + " s" : "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
