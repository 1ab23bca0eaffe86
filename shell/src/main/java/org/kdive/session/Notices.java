package org.kdive.session;

import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Tells every listener; one that throws does not keep the others from hearing. */
final class Notices {
    private static final int KEPT = 1000;

    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final Deque<String> unmet = new ConcurrentLinkedDeque<>(); // for who expects them, oldest first

    AutoCloseable add(SessionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void notice(String format, Object... arguments) {
        String line = format.formatted(arguments);
        keep(line);
        tell(listener -> listener.notice(line));
    }

    private void keep(String line) {
        unmet.add(line);
        if (unmet.size() > KEPT) {
            unmet.poll();
        }
    }

    /** The first line told that matches, of the last {@value #KEPT}; neither it nor those before it are met again. */
    Optional<String> meet(Pattern pattern) {
        Optional<String> met =
                unmet.stream().filter(line -> pattern.matcher(line).find()).findFirst();
        boolean isBefore = met.isPresent();
        while (isBefore) {
            isBefore = !met.get().equals(unmet.poll());
        }
        return met;
    }

    void printed(String text) {
        tell(listener -> listener.printed(text));
    }

    void stopped(Stop stop) {
        keep(stop.cause().describe());
        tell(listener -> listener.stopped(stop));
    }

    void ended(String how) {
        keep(how);
        tell(listener -> listener.ended(how));
    }

    void console(byte[] output) {
        tell(listener -> listener.console(output));
    }

    void consoleGap(long bytes, String whoHasThem) {
        tell(listener -> listener.consoleGap(bytes, whoHasThem));
    }

    private void tell(Consumer<SessionListener> what) {
        listeners.forEach(what);
    }
}
