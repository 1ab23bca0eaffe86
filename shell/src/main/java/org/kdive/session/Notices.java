package org.kdive.session;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells every listener; one that throws does not keep the others from hearing. */
final class Notices {
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();

    AutoCloseable add(SessionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void notice(String format, Object... arguments) {
        String line = format.formatted(arguments);
        tell(listener -> listener.notice(line));
    }

    void printed(String text) {
        tell(listener -> listener.printed(text));
    }

    void stopped(Stop stop) {
        tell(listener -> listener.stopped(stop));
    }

    void ended(String how) {
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
