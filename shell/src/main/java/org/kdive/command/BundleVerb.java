package org.kdive.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.session.Checkpoint;
import org.kdive.session.Checkpoints;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code bundle}: what a bug report needs, in one file. Session thread. */
final class BundleVerb {
    private static final String USAGE = "bundle FILE";
    private static final List<String> REPORT = List.of(
            "show version",
            "info machine",
            "info kaslr",
            "info version",
            "info cmdline",
            "info oops",
            "info registers",
            "backtrace",
            "thread apply all backtrace",
            "info breakpoints",
            "info modules",
            "info tasks",
            "dmesg");

    private final Interpreter interpreter;

    BundleVerb(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    Command command() {
        return Command.named("bundle")
                .topic(Topic.MACHINE)
                .usage(USAGE)
                .summary("all that a report of this moment needs, in one file that kdive boot --checkpoint FILE opens")
                .help("""
                        A checkpoint as checkpoint export writes it, with the kernel, the initial root and the machine's memory; \
                        and beside it, for unzip -p FILE report.txt, what kdive says of this stop (versions, machine, the oops, \
                        registers, backtraces, modules, tasks, the kernel's log), and console.log, what the guest wrote. The \
                        file has all of the guest's memory: think of what is in it before you give it away.
                          bundle bug.kdive""")
                .runs(this::run);
    }

    private void run(Session session, Arguments arguments, Output output) {
        if (arguments.words().size() != 1) {
            throw new SessionException("bundle: to which file?", new SessionFailure.Usage(USAGE));
        }
        Path file = Path.of(arguments.words().get(0));
        Stop stop = session.requireStop();
        Checkpoints checkpoints = session.checkpoints();
        Checkpoint moment = kept(checkpoints, stop)
                .orElseGet(() -> checkpoints.take(
                        null,
                        "bundle: " + stop.cause().describe().replace('"', '\''),
                        session.vigil().frontEnd()));
        Map<String, byte[]> papers = new LinkedHashMap<>();
        papers.put("report.txt", report(session).getBytes(StandardCharsets.UTF_8));
        papers.put("console.log", session.console().history());
        checkpoints.export(moment, file, papers);
        output.line(
                "Checkpoint %d %s, report and console are in %s, %.1f MiB; kdive boot --checkpoint %s opens it",
                moment.number(), moment.name(), file, file.toFile().length() / 1048576.0, file);
    }

    /** The one that an accident was kept as by itself. */
    private static Optional<Checkpoint> kept(Checkpoints checkpoints, Stop stop) {
        return checkpoints.all().stream()
                .filter(one -> stop.cause().isAccident())
                .filter(one -> checkpoints.present().orElse(0) == one.number())
                .filter(one -> one.pc() == stop.pc())
                .findFirst();
    }

    private String report(Session session) {
        StringWriter text = new StringWriter();
        Output paper = new StreamOutput(new PrintWriter(text), new PrintWriter(text), false);
        paper.line(session.requireStop().cause().describe());
        for (String line : REPORT) {
            session.checkInterrupt();
            paper.line("");
            paper.line("(kdive) " + line);
            try {
                interpreter.perform(line, paper);
            } catch (RuntimeException e) {
                if (e instanceof SessionException ours && ours.failure() instanceof SessionFailure.Interrupted) {
                    throw e;
                }
                paper.line(Complaint.of(e).text()); // a kernel may be too broken for one of them
            }
        }
        return text.toString();
    }
}
