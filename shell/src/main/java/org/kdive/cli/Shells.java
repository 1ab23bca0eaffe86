package org.kdive.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.kdive.command.Command;
import org.kdive.command.ExitStatus;
import org.kdive.command.FrontEnd;
import org.kdive.command.GuestText;
import org.kdive.command.Interpreter;
import org.kdive.command.Options;
import org.kdive.command.Output;
import org.kdive.command.ScriptFile;
import org.kdive.command.Settings;
import org.kdive.command.StopView;
import org.kdive.command.StreamOutput;
import org.kdive.command.Traces;
import org.kdive.command.Verbs;
import org.kdive.repl.Prompt;
import org.kdive.script.Recital;
import org.kdive.script.ScriptRunner;
import org.kdive.session.BootPlan;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionListener;
import org.kdive.session.Stop;
import picocli.CommandLine;

/** Opens a session behind a front end, and ends it. */
final class Shells {
    private Shells() {}

    /** The prompt at a target's first stop. Returns the exit status. */
    static int prompt(KdiveVerb kdive, CommandLine line, Function<Session, Stop> engage) {
        return prompt(
                kdive,
                line,
                (interpreter, stops) ->
                        (session, arguments, output) -> stops.begin(session, engage.apply(session), output));
    }

    /** The prompt without a target. Returns the exit status. */
    static int idlePrompt(KdiveVerb kdive, CommandLine line, String greeting) {
        return prompt(kdive, line, (interpreter, stops) -> (session, arguments, output) -> output.note(greeting));
    }

    /** The prompt, after a recital whose commands the prompt's own interpreter ran. Returns the exit status. */
    static int promptAfter(KdiveVerb kdive, CommandLine line, Recital opening) {
        return prompt(
                kdive,
                line,
                (interpreter, stops) -> (session, arguments, output) -> opening.perform(interpreter, output));
    }

    private static int prompt(
            KdiveVerb kdive, CommandLine line, BiFunction<Interpreter, StopView, Command.Action> first) {
        try (Ending ending = Ending.whenKilled();
                Session session = Session.open()) {
            Prompt.Streams streams = new Prompt.Streams(
                    System.in,
                    line.getOut(),
                    line.getErr(),
                    Terminals.IN.present(),
                    Terminals.OUT.present(),
                    kdive.colored(),
                    kdive.trace());
            ConfigFile config = ConfigFile.of(System.getenv(), System.getProperty("user.home"));
            boolean attended = streams.keysAreTyped() && streams.screenIsSeen();
            Verbs verbs = new Verbs(attended ? new Settings().attended(config::write) : new Settings());
            StopView stops = verbs.stops();
            if (attended) {
                configure(verbs.options(), session, config, line);
            }
            Prompt prompt =
                    new Prompt(verbs.all(), session, streams, (stop, output) -> stops.show(session, stop, output));
            stops.before(output -> prompt.interpreter().hook("stop", output));
            ending.by(prompt::end);
            return prompt.run(first.apply(prompt.interpreter(), stops));
        }
    }

    /** Sets what the user keeps. What makes no sense is said, and the rest holds. */
    private static void configure(Options options, Session session, ConfigFile config, CommandLine line) {
        try {
            config.read().forEach((name, value) -> {
                try {
                    session.call(() -> {
                        options.set(session, name, value);
                        return true;
                    });
                } catch (SessionException e) {
                    line.getErr().println("kdive: config.toml: " + e.getMessage());
                }
            });
        } catch (SessionException e) {
            line.getErr().println("kdive: " + e.getMessage());
        }
    }

    /** A recital to its end, with the guest's console in between. Returns the exit status. */
    static int recital(KdiveVerb kdive, CommandLine line, Recital recital) {
        try (Session session = Session.open()) {
            Output output = new StreamOutput(line.getOut(), line.getErr(), kdive.colored());
            var unused = session.listen(new Onlooker(output));
            recital.perform(new Interpreter(verbs(), session, FrontEnd.UNATTENDED), output);
            return ExitStatus.WELL;
        }
    }

    /** Shows what happens beside the commands; the guest's words a line at a time, so that they do not mix with ours. */
    private static final class Onlooker implements SessionListener {
        private final Output output;
        private final GuestText guest = new GuestText(); // this and the next: console thread
        private final StringBuilder line = new StringBuilder();

        Onlooker(Output output) {
            this.output = output;
        }

        @Override
        public void notice(String line) {
            output.note(line);
        }

        @Override
        public void printed(String text) {
            output.text(text);
        }

        @Override
        public void console(byte[] bytes) {
            line.append(guest.accept(bytes));
            int end = line.lastIndexOf("\n") + 1;
            output.text(line.substring(0, end));
            line.delete(0, end);
        }

        @Override
        public void consoleGap(long bytes, String whoHasThem) {
            if (line.length() > 0) {
                output.text(line + "\n");
                line.setLength(0);
            }
            output.note(SessionListener.gap(bytes, whoHasThem));
        }

        @Override
        public void ended(String how) {
            output.note(how);
        }
    }

    /** Scripts, on a machine if there is a plan for one. Returns the exit status. */
    static int scripts(
            KdiveVerb kdive,
            CommandLine line,
            Optional<BootPlan> plan,
            List<ScriptFile> files,
            Optional<Duration> limit) {
        try (Ending ending = Ending.whenKilled();
                Session session = Session.open()) {
            Output output = new StreamOutput(line.getOut(), line.getErr(), kdive.colored());
            plan.ifPresent(known -> session.call(() -> session.boot(known)));
            ScriptRunner runner = new ScriptRunner(verbs(), session, output, thrown -> {
                if (kdive.trace()) {
                    output.note(Traces.of(thrown));
                }
            });
            ending.by(runner::interrupt);
            return runner.run(files, limit).exitStatus();
        }
    }

    private static Collection<Command> verbs() {
        return new Verbs(new Settings()).all();
    }
}
