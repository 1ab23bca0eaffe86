package org.kdive.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.kdive.command.Command;
import org.kdive.command.Output;
import org.kdive.command.ScriptFile;
import org.kdive.command.Settings;
import org.kdive.command.StopView;
import org.kdive.command.StreamOutput;
import org.kdive.command.Verbs;
import org.kdive.repl.Prompt;
import org.kdive.script.ScriptRunner;
import org.kdive.session.BootPlan;
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
            return new Prompt(verbs(), session, streams, StopView::show).run(first);
        }
    }

    /** Scripts, on a machine if there is a plan for one. Returns the exit status. */
    static int scripts(
            KdiveVerb kdive,
            CommandLine line,
            Optional<BootPlan> plan,
            List<ScriptFile> files,
            Optional<Duration> limit) {
        try (Session session = Session.open()) {
            Output output = new StreamOutput(line.getOut(), line.getErr(), kdive.colored());
            plan.ifPresent(known -> session.call(() -> session.boot(known)));
            return new ScriptRunner(verbs(), session, output).run(files, limit).exitStatus();
        }
    }

    private static Collection<Command> verbs() {
        return Verbs.all(new Settings());
    }
}
