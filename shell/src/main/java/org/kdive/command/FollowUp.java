package org.kdive.command;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/** Runs the commands of breakpoints after their stops, each stop's once. Session thread. */
final class FollowUp {
    private @Nullable Stop last; // whose commands were run, or are being run; null: none yet

    /**
     * As gdb: a command that lets the guest run ends the list; the next stop has its own. So a list that ends in continue goes
     * on from stop to stop, without recursion.
     */
    void follow(Session session, BlockReader reader, Consumer<String> runner) {
        List<String> lines = next(session);
        while (!lines.isEmpty()) {
            Stop begun = session.requireStop();
            for (String line : lines) {
                session.checkInterrupt();
                reader.add(line).ifPresent(runner);
                if (!isAt(session, begun)) {
                    reader.forget();
                    break;
                }
            }
            lines = next(session);
        }
    }

    private static boolean isAt(Session session, Stop begun) {
        return session.state() instanceof Stop now && now.number() == begun.number();
    }

    private List<String> next(Session session) {
        if (session.state() instanceof Stop stop && stop != last) {
            last = stop;
            return stop.aftermath().commands();
        }
        return List.of();
    }
}
