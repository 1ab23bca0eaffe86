package org.kdive.repl;

import java.time.Instant;
import org.jline.reader.impl.history.DefaultHistory;

/** Pasted lines are remembered one by one, as they would be had they been typed. */
final class LineHistory extends DefaultHistory {
    @Override
    public void add(Instant time, String typed) {
        typed.lines().filter(line -> !line.isBlank()).forEach(line -> super.add(time, line));
    }
}
