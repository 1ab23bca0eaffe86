package org.kdive.session;

/** What a front end hears from a session by itself. Called on the session thread, {@link #console} on the console's; must not block. */
public interface SessionListener {
    /** The guest stopped after a resume that nobody waits for. */
    default void stopped(Stop stop) {}

    /** One line that kdive says by itself: a reset seen, a foreign resume, a slide found. */
    default void notice(String line) {}

    /** A piece of the answer that a dprintf gives while the guest runs, as it is: no line end is added. */
    default void printed(String text) {}

    /** Serial output as it comes. */
    default void console(byte[] output) {}

    /** Output that came too fast is not told, here between what was and what will be. The console's thread. */
    default void consoleGap(long bytes, String whoHasThem) {}

    /** The line that says so. */
    static String gap(long bytes, String whoHasThem) {
        return "... %,d bytes of the console left out here; %s".formatted(bytes, whoHasThem);
    }

    /** The target is gone; one line says how. */
    default void ended(String how) {}
}
