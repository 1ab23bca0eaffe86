package org.kdive.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpJobWatch;
import org.kdive.qmp.QmpSchema;
import org.kdive.qmp.QmpSubscription;
import org.kdive.qmp.QmpValue;

/** QEMU's two monitors as a session uses them: what they know, what they said unasked, their jobs. Session thread. */
public final class MonitorDesk {
    // one command a line: names with | between them, then arguments, and -- before the description
    private static final Pattern HELP = Pattern.compile("(?m)^(\\w[\\w-]*(?:\\|[\\w-]+)*) .*--");

    private final Target target;
    private final Optional<EventLog> events;
    private @Nullable QmpSchema schema; // null until somebody asks
    private @Nullable List<String> words; // of HMP; null until somebody asks
    private @Nullable List<String> infoWords; // the same

    MonitorDesk(Target target, RunControl control, Notices notices) {
        this.target = target;
        this.events = target.qmp()
                .map(qmp -> new EventLog(
                        qmp, line -> control.post(new Happening.Errand(() -> notices.notice("%s", line)))));
    }

    /** What this QEMU's QMP can do; asked for once. */
    public QmpSchema schema() {
        QmpSchema known = schema;
        if (known == null) {
            known = QmpSchema.read(call("query-qmp-schema", Map.of()));
            schema = known;
        }
        return known;
    }

    /** Throws QmpException with what QEMU said. */
    public QmpValue call(String command, Map<String, ?> arguments) {
        return qmp().call(command, arguments);
    }

    /** The same for what takes long. */
    public QmpValue call(String command, Map<String, ?> arguments, Duration deadline) {
        return Waits.on(qmp().execute(command, arguments, deadline), deadline.plusSeconds(1), command);
    }

    /** Whether there is a QMP connection. */
    public boolean hasQmp() {
        return target.qmp().isPresent();
    }

    /** Throws Unsupported without QMP. */
    public EventLog events() {
        return events.orElseThrow(() -> new SessionException(
                "QEMU's events need QMP: attach with --qmp", new SessionFailure.Unsupported("QMP")));
    }

    /** Follows a job that a command is about to start. */
    public QmpJobWatch watchJob(String id) {
        return new QmpJobWatch(qmp(), id);
    }

    /** A queue of the events of this name, from now on. */
    public QmpSubscription watch(String eventName) {
        return qmp().subscribe(event -> event.name().equals(eventName));
    }

    /** The human monitor's commands. */
    public List<String> humanCommands() {
        List<String> known = words;
        if (known == null) {
            known = firstWords(target.monitor("help"), "");
            words = known;
        }
        return known;
    }

    /** What stands behind its {@code info}. */
    public List<String> humanInfoWords() {
        List<String> known = infoWords;
        if (known == null) {
            known = firstWords(target.monitor("help info"), "info ");
            infoWords = known;
        }
        return known;
    }

    static List<String> firstWords(String help, String before) {
        List<String> found = new ArrayList<>();
        for (String line : help.split("\\R")) {
            Matcher matcher =
                    line.startsWith(before) ? HELP.matcher(line.substring(before.length())) : HELP.matcher("");
            if (matcher.find()) {
                found.addAll(List.of(matcher.group(1).split("\\|")));
            }
        }
        return found.stream().distinct().sorted().toList();
    }

    private QmpClient qmp() {
        return target.requireQmp("qmp");
    }
}
