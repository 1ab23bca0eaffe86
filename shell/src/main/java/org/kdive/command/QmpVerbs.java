package org.kdive.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.kdive.qmp.Blocks.JobInfo;
import org.kdive.qmp.QmpEvent;
import org.kdive.qmp.QmpJobWatch;
import org.kdive.qmp.QmpSchema;
import org.kdive.qmp.QmpType;
import org.kdive.qmp.QmpTyped;
import org.kdive.qmp.QmpValue;
import org.kdive.session.EventLog;
import org.kdive.session.MonitorDesk;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs that hand something to one of QEMU's two monitors. */
final class QmpVerbs {
    private static final Duration SLICE = Duration.ofMillis(200);
    private static final String JSON = "--json";

    private QmpVerbs() {}

    static List<Command> all() {
        return List.of(qmp(), monitor());
    }

    private static Command qmp() {
        Subcommands words =
                new Subcommands("qmp", List.of(events(), help())).otherwise(QmpVerbs::execute, QmpVerbs::candidates);
        return Command.named("qmp")
                .topic(Topic.MACHINE)
                .usage("qmp [--json] COMMAND [KEY=VALUE...]")
                .usage("qmp [--json] COMMAND {JSON}")
                .usage("qmp help COMMAND")
                .usage("qmp events [NAME]")
                .usage("qmp events on [NAME]")
                .usage("qmp events off")
                .summary("give QEMU a QMP command and show its answer; show its events")
                .help("""
                        Commands, arguments and values are completed from the schema of the QEMU that runs, and checked by it
                        before anything is sent. A dot goes into an object; a list has commas; JSON can stand for any value.
                        A command with job-id is followed to the end of its job; Ctrl-C gives the job up. --json shows the
                        answer in one line.
                          qmp query-status
                          qmp qom-get path=/machine property=type
                          qmp blockdev-add driver=raw node-name=d0 file.driver=file file.filename=/tmp/disk.img
                          qmp snapshot-save job-id=j tag=t vmstate=vm0 devices=vm0""")
                .completes(words)
                .runs(words);
    }

    private static List<String> candidates(Session session, Arguments typed) {
        MonitorDesk monitors = session.hypervisor().monitors();
        boolean json = typed.tail().startsWith(JSON + " ");
        Arguments line = json ? typed.shift() : typed;
        if (line.lastWord().length() == line.tail().length()) {
            Stream<String> names = monitors.schema().commandNames().stream();
            return Stream.concat(names, json ? Stream.of() : Stream.of(JSON))
                    .filter(name -> name.startsWith(line.lastWord()))
                    .toList();
        }
        Arguments rest = line.shift();
        return monitors.schema()
                .findCommand(rest.verb())
                .map(command ->
                        new QmpTyped(monitors.schema(), command).candidates(QmpLine.pairsBefore(rest), rest.lastWord()))
                .orElse(List.of());
    }

    private static void execute(Session session, Arguments arguments, Output output) {
        boolean raw = arguments.tail().equals(JSON) || arguments.tail().startsWith(JSON + " ");
        String text = raw ? arguments.tail().substring(JSON.length()).strip() : arguments.tail();
        MonitorDesk monitors = session.hypervisor().monitors();
        QmpLine line = QmpLine.parse(monitors.schema(), text);
        monitors.schema()
                .findCommand(line.command())
                .filter(QmpSchema.Command::deprecated)
                .ifPresent(old -> output.note("(QEMU calls %s deprecated)".formatted(old.name())));
        Optional<String> job = line.arguments().find("job-id").map(QmpValue::text);
        if (job.isPresent()) {
            try (QmpJobWatch watch = monitors.watchJob(job.get())) {
                show(session, line, raw, output);
                follow(session, watch, job.get(), output);
            } finally {
                session.hypervisor().touched(); // a snapshot may have been loaded
            }
        } else {
            show(session, line, raw, output);
        }
    }

    private static void show(Session session, QmpLine line, boolean raw, Output output) {
        QmpValue answer =
                session.hypervisor().qmp(line.command(), line.arguments().map());
        output.line("%s", raw ? answer.toJson() : answer.toPrettyJson());
    }

    /** To the job's end, or to where it waits for a word of the user's. */
    private static void follow(Session session, QmpJobWatch watch, String id, Output output) {
        String told = "";
        while (true) {
            String status = watch.poll(SLICE).orElse("");
            if (status.equals("concluded") || status.equals("null")) {
                ended(watch, id, output);
                return;
            }
            Optional<JobInfo> job = watch.progress();
            String waits = status.isEmpty() ? job.map(JobInfo::status).orElse("") : ""; // it stays so
            if (waits.equals("ready") || waits.equals("pending")) {
                output.line(
                        "Job %s is %s: qmp job-%s id=%s ends it",
                        id, waits, waits.equals("ready") ? "complete" : "finalize", id);
                return;
            }
            told = tellProgress(job, id, told, output);
            giveUpIfAsked(session, watch);
        }
    }

    private static void ended(QmpJobWatch watch, String id, Output output) {
        Optional<String> error = watch.dismiss();
        if (error.isPresent()) {
            throw new SessionException(
                    "QEMU's job %s failed: %s".formatted(id, error.get()), new SessionFailure.Refused(error.get()));
        }
        output.line("Job %s is done", id);
    }

    private static String tellProgress(Optional<JobInfo> job, String id, String told, Output output) {
        String now = job.filter(one -> one.total() > 0 && one.progress() > 0)
                .map(one -> "%d%%".formatted(100 * one.progress() / one.total()))
                .orElse(told);
        if (!now.equals(told)) {
            output.note("job %s: %s".formatted(id, now));
        }
        return now;
    }

    private static void giveUpIfAsked(Session session, QmpJobWatch watch) {
        try {
            session.checkInterrupt();
        } catch (SessionException interrupted) {
            watch.cancel();
            throw interrupted;
        }
    }

    private static Command events() {
        Subcommands words = new Subcommands("qmp events", List.of(eventsOn(), eventsOff()))
                .otherwise(QmpVerbs::history, QmpVerbs::eventNames);
        return Command.named("events")
                .usage("qmp events [NAME]")
                .usage("qmp events on [NAME]")
                .usage("qmp events off")
                .summary("what QEMU said unasked: so far, or from now on as it comes")
                .completes(words)
                .runs(words);
    }

    private static Command eventsOn() {
        return Command.named("on")
                .usage("qmp events on [NAME]")
                .summary("show events as they come")
                .completes(QmpVerbs::eventNames)
                .runs((session, arguments, output) ->
                        session.hypervisor().monitors().events().tell(filter(arguments.tail())));
    }

    private static Command eventsOff() {
        return Command.named("off")
                .usage("qmp events off")
                .summary("show them no longer")
                .runs((session, arguments, output) ->
                        session.hypervisor().monitors().events().quiet());
    }

    private static void history(Session session, Arguments arguments, Output output) {
        EventLog log = session.hypervisor().monitors().events();
        List<QmpEvent> events = log.history(filter(arguments.tail()));
        if (log.forgotten() > 0) {
            output.note("(%d older events are not kept)".formatted(log.forgotten()));
        }
        if (events.isEmpty()) {
            output.line("No events%s.", arguments.isEmpty() ? "" : " like " + arguments.tail());
        }
        events.forEach(event -> output.line("%s  %s", Clock.of(event.time()), EventLog.line(event)));
    }

    private static Predicate<QmpEvent> filter(String part) {
        String wanted = part.toUpperCase(Locale.ROOT);
        return event -> event.name().contains(wanted);
    }

    static List<String> eventNames(Session session, Arguments typed) {
        String word = typed.lastWord().toUpperCase(Locale.ROOT);
        return session.hypervisor().monitors().schema().eventNames().stream()
                .filter(name -> name.startsWith(word))
                .toList();
    }

    private static Command help() {
        return Command.named("help")
                .usage("qmp help COMMAND")
                .summary("the arguments of a QMP command")
                .completes(QmpVerbs::candidates)
                .runs((session, arguments, output) -> {
                    QmpSchema schema = session.hypervisor().monitors().schema();
                    QmpSchema.Command command = schema.findCommand(arguments.tail())
                            .orElseThrow(() -> new SessionException(
                                    "qmp help: no command \"%s\"%s"
                                            .formatted(
                                                    arguments.tail(),
                                                    Nearest.to(arguments.tail(), schema.commandNames())
                                                            .map(near -> "; did you mean " + near + "?")
                                                            .orElse("; Tab lists them")),
                                    new SessionFailure.Usage("qmp help COMMAND")));
                    describe(schema, command, output);
                });
    }

    private static void describe(QmpSchema schema, QmpSchema.Command command, Output output) {
        List<String> marks = new ArrayList<>();
        if (command.deprecated()) {
            marks.add("deprecated");
        }
        if (command.unstable()) {
            marks.add("unstable");
        }
        output.line("%s%s", command.name(), marks.isEmpty() ? "" : " (" + String.join(", ", marks) + ")");
        for (QmpType.Member member : command.arguments().members()) {
            output.line(
                    "  %-24s %s%s",
                    member.required() ? member.name() : "[" + member.name() + "]",
                    schema.type(member.type()).words(),
                    member.deprecated() ? " (deprecated)" : "");
        }
        if (command.open()) {
            output.line("  and the properties of the device: device add DRIVER completes them");
        }
    }

    private static Command monitor() {
        return Command.named("monitor", "mon")
                .topic(Topic.MACHINE)
                .usage("monitor COMMAND")
                .summary("give QEMU's human monitor a command: monitor info mtree")
                .completes(QmpVerbs::monitorWords)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "monitor: which command? monitor help lists them",
                                new SessionFailure.Usage("monitor COMMAND"));
                    }
                    String answer = session.hypervisor().monitor(arguments.tail());
                    if (!answer.isEmpty()) {
                        output.line("%s", answer.stripTrailing());
                    }
                });
    }

    private static List<String> monitorWords(Session session, Arguments typed) {
        MonitorDesk monitors = session.hypervisor().monitors();
        boolean first = typed.lastWord().length() == typed.tail().length();
        String verb = typed.shift().verb();
        List<String> words = List.of();
        if (first) {
            words = monitors.humanCommands();
        } else if (verb.equals("info") || verb.equals("help")) {
            words = verb.equals("info") ? monitors.humanInfoWords() : monitors.humanCommands();
        }
        return words.stream().filter(word -> word.startsWith(typed.lastWord())).toList();
    }
}
