package org.kdive.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kdive.qmp.QmpMistake;
import org.kdive.qmp.QmpSchema;
import org.kdive.qmp.QmpTyped;
import org.kdive.qmp.QmpValue;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** A QMP command as it is typed, judged by the schema of the QEMU that it is for. */
record QmpLine(String command, QmpValue arguments) {
    static final String USAGE = "qmp COMMAND [KEY=VALUE...] | qmp COMMAND {JSON}";
    private static final int MOST_LISTED = 24;

    /** {@code COMMAND KEY=VALUE...}, {@code COMMAND {JSON}} or QMP's own {@code {"execute":...}}. Throws Usage, and says why. */
    static QmpLine parse(QmpSchema schema, String text) {
        if (text.startsWith("{")) {
            QmpValue message = QmpValue.parse(text);
            return checked(
                    schema,
                    message.find("execute")
                            .orElseThrow(() -> usage("qmp: a message has \"execute\" and, if need be, \"arguments\""))
                            .text(),
                    message.find("arguments").orElse(QmpValue.empty()));
        }
        Arguments rest = Arguments.parse(text);
        if (rest.verb().isEmpty()) {
            throw usage("qmp: which command? Tab lists them, qmp help COMMAND tells its arguments");
        }
        if (rest.tail().startsWith("{")) {
            return checked(schema, rest.verb(), QmpValue.parse(rest.tail()));
        }
        QmpSchema.Command known = schema.findCommand(rest.verb())
                .orElseThrow(() -> mistaken(schema, rest.verb(), new QmpMistake.NoCommand(rest.verb())));
        return checked(schema, rest.verb(), new QmpTyped(schema, known).arguments(pairs(rest.verb(), rest.tail())));
    }

    private static QmpLine checked(QmpSchema schema, String command, QmpValue arguments) {
        schema.check(command, arguments).ifPresent(mistake -> {
            throw mistaken(schema, command, mistake);
        });
        return new QmpLine(command, arguments);
    }

    /** The pairs of a tail. Throws Usage for a word without an equals sign. */
    static Map<String, String> pairs(String command, String tail) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String word : split(tail)) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw usage("qmp %s: \"%s\" is no KEY=VALUE".formatted(command, word));
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    /** The pairs among the words before the one that is being typed; what is no pair yet is left out. */
    static Map<String, String> pairsBefore(Arguments typed) {
        String before = typed.tail()
                .substring(0, typed.tail().length() - typed.lastWord().length());
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String word : split(before)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                pairs.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return pairs;
    }

    /** At white space, but not inside quotes, braces and brackets; quotes go unless they are JSON's. */
    static List<String> split(String tail) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < tail.length(); i++) {
            char c = tail.charAt(i);
            boolean marks = quote != 0 ? c == quote : c == '"' || c == '\'' && depth == 0;
            if (marks) {
                quote = quote == 0 ? c : 0;
            } else if (quote == 0 && (c == '{' || c == '[')) {
                depth++;
            } else if (quote == 0 && (c == '}' || c == ']')) {
                depth--;
            }
            if (quote == 0 && depth <= 0 && Character.isWhitespace(c)) {
                add(word, words);
            } else if (!marks || depth > 0) {
                word.append(c);
            }
        }
        add(word, words);
        return words;
    }

    private static void add(StringBuilder word, List<String> words) {
        if (word.length() > 0) {
            words.add(word.toString());
        }
        word.setLength(0);
    }

    private static SessionException usage(String message) {
        return new SessionException(message, new SessionFailure.Usage(USAGE));
    }

    private static SessionException mistaken(QmpSchema schema, String command, QmpMistake mistake) {
        String what = "qmp " + command + ": ";
        if (mistake instanceof QmpMistake.NoCommand) {
            return usage("qmp: this QEMU has no command %s%s"
                    .formatted(command, meant(command, schema.commandNames()).orElse("; Tab lists them")));
        }
        if (mistake instanceof QmpMistake.Missing missing) {
            return usage(
                    what + missing.path() + " is missing: " + missing.wanted().words());
        }
        if (mistake instanceof QmpMistake.Wrong wrong) {
            String got = wrong.got() instanceof QmpValue.Text text
                    ? text.text()
                    : wrong.got().toJson();
            String way = meant(got, wrong.wanted().choices(schema)).orElse("");
            return usage(what
                    + "%s=%s: it is %s%s"
                            .formatted(wrong.path(), got, wrong.wanted().words(), way));
        }
        QmpMistake.Unknown unknown = (QmpMistake.Unknown) mistake;
        String name = unknown.path().substring(unknown.path().lastIndexOf('.') + 1);
        String known = unknown.known().isEmpty()
                ? "; there are none"
                : "; there are " + unknown.known().stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
        return usage(what + "no argument " + unknown.path()
                + meant(name, unknown.known()).orElse(known));
    }

    private static Optional<String> meant(String typed, List<String> known) {
        return Nearest.to(typed, known).map(near -> "; did you mean " + near + "?");
    }
}
