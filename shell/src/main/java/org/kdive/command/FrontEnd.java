package org.kdive.command;

import java.util.List;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** What a command may ask of whoever reads the lines. Called on the session's thread. */
public interface FrontEnd {

    /** Nobody is there: scripts, pipes. */
    FrontEnd UNATTENDED = new FrontEnd() {};

    /** Whether there is a keyboard that can be given to the console. */
    default boolean hasConsole() {
        return false;
    }

    /** Gives the keyboard to the guest's console as soon as the line in hand is over. */
    default void attachConsole() {
        throw new SessionException(
                "console: there is no terminal here; a script uses send and expect console",
                new SessionFailure.Unsupported("console"));
    }

    /** The lines typed so far, oldest first; empty where nothing is typed. */
    default List<String> history() {
        return List.of();
    }
}
