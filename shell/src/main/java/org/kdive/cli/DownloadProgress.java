package org.kdive.cli;

import java.io.PrintWriter;
import org.kdive.images.fetch.Progress;

/**
 * A fetch as it goes, on standard error: a line a step and, on a terminal, a bar with the bytes, the rate and the time
 * left, redrawn in place.
 */
final class DownloadProgress implements Progress {
    private static final int BAR_CELLS = 24;
    private static final String CLEAR_LINE = "\r\u001b[K"; // ECMA-48: carriage return, erase to the end of the line

    private final PrintWriter talk;
    private final boolean terminal;

    DownloadProgress(PrintWriter talk, boolean terminal) {
        this.talk = talk;
        this.terminal = terminal;
    }

    /** For a verb: where it talks, and whether that is a terminal. */
    static DownloadProgress of(PrintWriter talk) {
        return new DownloadProgress(talk, Terminals.ERR.present());
    }

    @Override
    public void step(String what) {
        talk.println("kdive: " + what);
        talk.flush();
    }

    @Override
    public void downloaded(long doneBytes, long totalBytes, long bytesPerSecond) {
        boolean whole = doneBytes >= totalBytes;
        if (terminal) {
            talk.print(CLEAR_LINE
                    + (whole ? summary(doneBytes, bytesPerSecond) + "\n" : bar(doneBytes, totalBytes, bytesPerSecond)));
        } else if (whole) {
            talk.print(summary(doneBytes, bytesPerSecond) + "\n");
        }
        talk.flush();
    }

    private static String summary(long bytes, long bytesPerSecond) {
        return "kdive: downloaded %s at %s/s".formatted(Amounts.bytes(bytes), Amounts.bytes(bytesPerSecond));
    }

    private static String bar(long doneBytes, long totalBytes, long bytesPerSecond) {
        int cells = (int) (BAR_CELLS * doneBytes / totalBytes);
        String left = bytesPerSecond <= 0
                ? ""
                : ", %s left".formatted(Amounts.seconds((totalBytes - doneBytes) / bytesPerSecond));
        return "[%s%s] %s of %s, %s/s%s"
                .formatted(
                        "#".repeat(cells),
                        ".".repeat(BAR_CELLS - cells),
                        Amounts.bytes(doneBytes),
                        Amounts.bytes(totalBytes),
                        Amounts.bytes(bytesPerSecond),
                        left);
    }
}
