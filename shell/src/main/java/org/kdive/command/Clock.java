package org.kdive.command;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** The host's time of day as it stands before a line that came by itself. */
final class Clock {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private Clock() {}

    static String of(Instant time) {
        return TIME.format(time);
    }
}
