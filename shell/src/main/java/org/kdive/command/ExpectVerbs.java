package org.kdive.command;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionState;
import org.kdive.session.Stop;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.Escapes;

/** The verbs a verdict is made of: what should be true, what the guest should say, and what to type to it. */
final class ExpectVerbs {
    private static final String USAGE = "expect EXPRESSION | expect stop LOCATION | expect console REGEX [within TIME]"
            + " | expect event NAME [within TIME] | expect notice REGEX [within TIME]";
    private static final Duration PATIENCE = Duration.ofSeconds(30); // for the console, when nobody set a timeout
    private static final Pattern WITHIN = Pattern.compile("(.*\\S)\\s+within\\s+([\\d.]+\\s*(?:ms|s|m|min)?)");

    private final Settings settings;

    private ExpectVerbs(Settings settings) {
        this.settings = settings;
    }

    static List<Command> all(Settings settings) {
        return List.of(new ExpectVerbs(settings).expect(), send());
    }

    private Command expect() {
        Subcommands words = new Subcommands("expect", List.of(stop(), console(), event(), notice()))
                .otherwise(ExpectVerbs::expression, Completers.EXPRESSIONS);
        return Command.named("expect")
                .topic(Topic.SCRIPTS)
                .usage("expect EXPRESSION")
                .usage("expect stop LOCATION")
                .usage("expect console REGEX [within TIME]")
                .usage("expect event NAME [within TIME]")
                .usage("expect notice REGEX [within TIME]")
                .summary("fail unless it is so")
                .help("""
                        A script ends with status 1 where an expectation fails, and with 4 where time runs out.
                          expect $rip == start_kernel
                          expect stop start_kernel
                          expect console / # within 30s
                          expect event RESET within 10s
                          expect notice put back to a snapshot within 10s""")
                .completes(words)
                .runs(words);
    }

    private static void expression(Session session, Arguments arguments, Output output) {
        String expression = arguments.tail();
        if (expression.isEmpty()) {
            throw new SessionException("expect what?", new SessionFailure.Usage(USAGE));
        }
        Value value = judged(expression, () -> session.evaluate(expression));
        if (!value.isTrue()) {
            String sides = Comparison.of(expression)
                    .map(comparison -> comparison.sides(session))
                    .orElse("");
            throw new SessionException(
                    "expected %s%s".formatted(expression, sides), new SessionFailure.Unexpected(expression));
        }
    }

    /** A kernel without the symbol does not meet the expectation: that is a verdict, not a mistake of the script's. */
    private static <T> T judged(String expectation, Supplier<T> work) {
        try {
            return work.get();
        } catch (SessionException e) {
            if (e.failure() instanceof SessionFailure.NoSymbol) {
                throw new SessionException(
                        String.valueOf(e.getMessage()), new SessionFailure.Unexpected(expectation), e);
            }
            throw e;
        }
    }

    private static Command stop() {
        return Command.named("stop")
                .usage("expect stop LOCATION")
                .summary("the guest is stopped at this place")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException("expect stop: where?", new SessionFailure.Usage(USAGE));
                    }
                    stoppedAt(session, arguments.tail());
                });
    }

    private static void stoppedAt(Session session, String location) {
        SessionState state = session.state();
        if (state instanceof SessionState.Idle || state instanceof SessionState.Ended) {
            session.requireStop(); // throws, and says what is the matter
        }
        if (!(state instanceof Stop stop)) {
            throw new SessionException(
                    "expected a stop at %s: the guest is running; wait waits for it".formatted(location),
                    new SessionFailure.Unexpected(location));
        }
        List<Long> places = judged(location, () -> session.resolve(location));
        if (!places.contains(stop.pc())) {
            String why = stop.cause().describe();
            throw new SessionException(
                    "expected a stop at %s: stopped at %s%s"
                            .formatted(location, stop.describe(stop.pc()), why.isEmpty() ? "" : " (" + why + ")"),
                    new SessionFailure.Unexpected(location));
        }
    }

    private Command console() {
        return Command.named("console")
                .usage("expect console REGEX [within TIME]")
                .summary("the guest writes something that matches, now or soon")
                .help("Each piece of output is matched once: the next expectation looks at what came after it.")
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException("expect console: what?", new SessionFailure.Usage(USAGE));
                    }
                    Wanted wanted = wanted(arguments.tail());
                    Pattern pattern = pattern("console", wanted.what());
                    session.expectations().console(pattern, wanted.limit());
                });
    }

    private record Wanted(String what, Duration limit) {}

    private Wanted wanted(String words) {
        Matcher within = WITHIN.matcher(words);
        return within.matches()
                ? new Wanted(within.group(1), Words.time(within.group(2)))
                : new Wanted(words, settings.timeout().orElse(PATIENCE));
    }

    private Command event() {
        return Command.named("event")
                .usage("expect event NAME [within TIME]")
                .summary("QEMU tells of this event, now or soon")
                .help(
                        "Each event is met once, in their order. qmp events shows what came so far, and completes the names.")
                .completes(QmpVerbs::eventNames)
                .runs((session, arguments, output) -> {
                    Wanted wanted = wanted(arguments.tail());
                    List<String> known =
                            session.hypervisor().monitors().schema().eventNames();
                    if (!known.contains(wanted.what())) {
                        throw new SessionException(
                                wanted.what().isEmpty()
                                        ? "expect event: which?"
                                        : "expect event %s: this QEMU has no such event".formatted(wanted.what()),
                                new SessionFailure.Usage(USAGE));
                    }
                    session.expectations().event(wanted.what(), wanted.limit());
                });
    }

    private Command notice() {
        return Command.named("notice")
                .usage("expect notice REGEX [within TIME]")
                .summary("kdive tells by itself something that matches, now or soon")
                .help(
                        "What another monitor did, a stop in the background, the machine's end. Each line is met once, in their order.")
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException("expect notice: what?", new SessionFailure.Usage(USAGE));
                    }
                    Wanted wanted = wanted(arguments.tail());
                    session.expectations().notice(pattern("notice", wanted.what()), wanted.limit());
                });
    }

    private static Pattern pattern(String what, String regex) {
        try {
            return Pattern.compile(regex, Pattern.MULTILINE);
        } catch (PatternSyntaxException e) {
            throw new SessionException(
                    "expect %s: %s at %d in %s".formatted(what, e.getDescription(), e.getIndex() + 1, regex),
                    new SessionFailure.Usage(USAGE),
                    e);
        }
    }

    private static Command send() {
        return Command.named("send")
                .topic(Topic.SCRIPTS)
                .usage("send TEXT")
                .usage("send \"TEXT\"")
                .summary("type into the guest's console")
                .help("Bare text is a line: its end is added. In quotes it is sent as it stands, with C's escapes: send"
                        + " \"\\x03\" is Ctrl-C.")
                .runs((session, arguments, output) -> session.console().send(typed(arguments.tail())));
    }

    static byte[] typed(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return Escapes.decode(quoted ? text.substring(1, text.length() - 1) : text + "\n");
    }
}
