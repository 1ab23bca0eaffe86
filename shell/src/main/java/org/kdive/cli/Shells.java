package org.kdive.cli;

import org.kdive.command.Command;
import org.kdive.command.Settings;
import org.kdive.command.StopView;
import org.kdive.command.Verbs;
import org.kdive.repl.Prompt;
import org.kdive.session.Session;
import picocli.CommandLine;

/** Opens a session behind a front end, and ends it. */
final class Shells {
    private Shells() {}

    /** The prompt, after {@code first}. Returns the exit status. */
    static int prompt(KdiveVerb kdive, CommandLine line, Command.Action first) {
        try (Session session = Session.open()) {
            Prompt.Streams streams = new Prompt.Streams(
                    System.in,
                    line.getOut(),
                    line.getErr(),
                    Terminals.IN.present(),
                    Terminals.OUT.present(),
                    kdive.colored(),
                    kdive.trace());
            return new Prompt(Verbs.all(new Settings()), session, streams, StopView::show).run(first);
        }
    }
}
