package org.kdive.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.kdive.command.Command;
import org.kdive.command.Complaint;
import org.kdive.command.FrontEnd;
import org.kdive.command.Interpreter;
import org.kdive.command.Output;
import org.kdive.command.ScriptFile;
import org.kdive.session.Session;

/** Runs files of commands, one after another on the same machine, to the first line that fails. */
public final class ScriptRunner {
    private final Session session;
    private final Interpreter interpreter;
    private final Output output;
    private final List<LineResult> results = new ArrayList<>();

    /** @param output the answers of the commands, and as its talk the one line that says what failed */
    public ScriptRunner(Collection<Command> verbs, Session session, Output output) {
        this.session = session;
        this.output = output;
        this.interpreter = new Interpreter(verbs, session, FrontEnd.UNATTENDED);
    }

    /** Reads all files first, so that a name mistyped is known before a machine has run for minutes. */
    public static List<ScriptFile> read(List<String> names) {
        return names.stream().map(ScriptFile::read).toList();
    }

    /** @param limit for all of it together; empty: as long as it takes */
    public ScriptResult run(List<ScriptFile> files, Optional<Duration> limit) {
        Listening listening = new Listening(session, output);
        try (Alarm alarm = Alarm.in(limit, session::interrupt)) {
            return run(files, alarm);
        } finally {
            listening.close();
        }
    }

    private ScriptResult run(List<ScriptFile> files, Alarm alarm) {
        for (ScriptFile file : files) {
            for (ScriptFile.Line line : file.lines()) {
                if (Interpreter.isBlank(line.text())) {
                    continue;
                }
                Optional<Complaint> complaint = run(file, line, alarm);
                if (complaint.isPresent()) {
                    output.note(output.styled(Output.Style.BAD, file.blame(line, complaint.get())));
                    return new ScriptResult(results, complaint.get().exitStatus());
                }
                if (interpreter.quitStatus().isPresent()) {
                    return new ScriptResult(results, interpreter.quitStatus().getAsInt());
                }
            }
        }
        return new ScriptResult(results, 0);
    }

    private Optional<Complaint> run(ScriptFile file, ScriptFile.Line line, Alarm alarm) {
        RecordedOutput recorded = new RecordedOutput(output);
        long start = System.nanoTime();
        Optional<Complaint> complaint = Optional.empty();
        try {
            interpreter.execute(line.text(), recorded);
        } catch (RuntimeException e) {
            complaint = Optional.of(Complaint.of(e));
        }
        if (alarm.hasRung()) {
            complaint = Optional.of(alarm.complaint()); // a guest that it stopped is no failure to the command
        }
        results.add(new LineResult(
                file.name(),
                line.number(),
                line.text().strip(),
                Duration.ofNanos(System.nanoTime() - start),
                recorded.answer(),
                complaint));
        return complaint;
    }
}
