package org.kdive.cli;

import java.io.PrintWriter;
import java.time.InstantSource;
import org.kdive.images.build.BuildProgress;

/** A build as it goes, on standard error: one line that counts, redrawn in place, or a line now and then for a log. */
final class BuildMeter implements BuildProgress {
    private static final String CLEAR_LINE = "\r\u001b[K"; // ECMA-48: carriage return, erase to the end of the line
    private static final long DRAW_MILLIS = 100;
    private static final long LOG_MILLIS = 30_000;
    private static final int MOST_COLUMNS = 40;

    private final PrintWriter talk;
    private final boolean terminal;
    private final InstantSource clock;
    private final long started;
    private long drawn;
    private boolean isLineOpen;

    BuildMeter(PrintWriter talk, boolean terminal, InstantSource clock) {
        this.talk = talk;
        this.terminal = terminal;
        this.clock = clock;
        this.started = clock.millis();
        this.drawn = started;
    }

    @Override
    public void step(String what) {
        close();
        talk.println("kdive: " + what);
        talk.flush();
    }

    @Override
    public void done(int count, String what) {
        long now = clock.millis();
        if (now - drawn < (terminal ? DRAW_MILLIS : LOG_MILLIS)) {
            return;
        }
        drawn = now;
        String line = "kdive: %,d done in %s, %s".formatted(count, Amounts.seconds((now - started) / 1000), end(what));
        if (terminal) {
            talk.print(CLEAR_LINE + line);
            isLineOpen = true;
        } else {
            talk.println(line);
        }
        talk.flush();
    }

    /** The end of a long path says more than its beginning. */
    private static String end(String what) {
        return what.length() <= MOST_COLUMNS ? what : "..." + what.substring(what.length() - MOST_COLUMNS + 3);
    }

    /** Leaves the terminal's line empty for what comes next. */
    void close() {
        if (isLineOpen) {
            talk.print(CLEAR_LINE);
            talk.flush();
            isLineOpen = false;
        }
    }
}
