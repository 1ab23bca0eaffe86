package org.kdive.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kdive.command.Command;
import org.kdive.command.Complaint;
import org.kdive.command.FrontEnd;
import org.kdive.command.Interpreter;
import org.kdive.command.Output;
import org.kdive.command.ScriptFile;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** Runs files of commands, one after another on the same machine, to the first line that fails. */
public final class ScriptRunner {
    private final Session session;
    private final Interpreter interpreter;
    private final Output output;
    private final Consumer<Throwable> witness;
    private final List<LineResult> results = new ArrayList<>();
    private volatile boolean interrupted;

    /** @param output the answers of the commands, and as its talk the one line that says what failed */
    public ScriptRunner(Collection<Command> verbs, Session session, Output output) {
        this(verbs, session, output, thrown -> {});
    }

    /** @param witness told what was thrown, after the line that says what failed */
    public ScriptRunner(Collection<Command> verbs, Session session, Output output, Consumer<Throwable> witness) {
        this.session = session;
        this.output = output;
        this.witness = witness;
        this.interpreter = new Interpreter(verbs, session, FrontEnd.UNATTENDED);
    }

    /** Reads all files first, so that a name mistyped is known before a machine has run for minutes. */
    public static List<ScriptFile> read(List<String> names) {
        return names.stream().map(ScriptFile::read).toList();
    }

    /** Ends the run at the line it is at, as Ctrl-C does. Any thread; one call may come too early to be heard. */
    public void interrupt() {
        interrupted = true;
        session.interrupt();
    }

    /** @param limit for all of it together; empty: as long as it takes */
    public ScriptResult run(List<ScriptFile> files, Optional<Duration> limit) {
        Listening listening = new Listening(session, output);
        try (Alarm alarm = Alarm.in(limit, session::interrupt)) {
            return run(files, alarm, listening);
        } finally {
            listening.close();
        }
    }

    private ScriptResult run(List<ScriptFile> files, Alarm alarm, Listening listening) {
        for (ScriptFile file : files) {
            List<ScriptFile.Line> commands;
            try {
                commands = file.commands(interpreter.reader());
            } catch (SessionException e) {
                output.note(output.styled(Output.Style.BAD, String.valueOf(e.getMessage())));
                return new ScriptResult(results, Complaint.of(e).exitStatus());
            }
            for (ScriptFile.Line line : commands) {
                if (Interpreter.isBlank(line.text())) {
                    continue;
                }
                Optional<RuntimeException> failure = run(file, line, alarm);
                Optional<Complaint> complaint = failure.map(Complaint::of);
                listening.tellEnd(complaint.map(Complaint::text).orElse(""));
                if (complaint.isPresent()) {
                    output.note(output.styled(Output.Style.BAD, file.blame(line, complaint.get())));
                    witness.accept(failure.get());
                    return new ScriptResult(results, complaint.get().exitStatus());
                }
                if (interpreter.quitStatus().isPresent()) {
                    return new ScriptResult(results, interpreter.quitStatus().getAsInt());
                }
            }
        }
        return new ScriptResult(results, 0);
    }

    private Optional<RuntimeException> run(ScriptFile file, ScriptFile.Line line, Alarm alarm) {
        RecordedOutput recorded = new RecordedOutput(output);
        long start = System.nanoTime();
        Optional<RuntimeException> failure = Optional.empty();
        try {
            if (!interrupted) {
                interpreter.execute(line.text(), recorded);
            }
        } catch (RuntimeException e) {
            failure = Optional.of(e);
        }
        // a guest that one of these stopped is no failure to the command
        if (interrupted) {
            failure = Optional.of(new SessionException("interrupted", new SessionFailure.Interrupted()));
        } else if (alarm.hasRung()) {
            failure = Optional.of(alarm.failure());
        }
        results.add(new LineResult(
                file.name(),
                line.number(),
                line.text().strip(),
                Duration.ofNanos(System.nanoTime() - start),
                recorded.answer(),
                failure.map(Complaint::of)));
        return failure;
    }
}
