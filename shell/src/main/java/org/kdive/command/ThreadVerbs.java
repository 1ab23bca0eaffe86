package org.kdive.command;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.session.Frame;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code thread}: which CPU the commands speak of. */
final class ThreadVerbs {
    private static final String APPLY = "thread apply all|N[-M]... [-qcs] COMMAND";
    private static final Pattern APPLIED = Pattern.compile("apply\\s+(all|\\d+(?:-\\d+)?(?:\\s+\\d+(?:-\\d+)?)*)"
            + "((?:\\s+-(?:[qcs]+|ascending))*)\\s+([^\\s\\d-].*)");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

    private final Interpreter interpreter;

    ThreadVerbs(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    Command command() {
        return Command.named("thread", "t")
                .topic(Topic.STACK)
                .usage("thread [NUMBER]")
                .usage(APPLY)
                .summary("make another CPU the one that commands speak of, or run a command for each of several")
                .help(
                        "After apply, -q leaves out whose answer it is, -c goes on after an error, -s does so and says nothing of"
                                + " it. After it the CPU and the frame of before are selected again. It ends when the command lets the"
                                + " guest run.")
                .completes(Completers.words("apply"))
                .runs((session, arguments, output) -> {
                    if (arguments.shift().verb().equals("apply")) {
                        apply(session, arguments.tail(), output);
                        return;
                    }
                    Stop stop = session.requireStop();
                    if (!arguments.isEmpty()) {
                        stop = session.select(thread(stop, number(arguments.tail())));
                    }
                    output.line(
                            "[Current thread is %d (%s)]", stop.thread().thread(), session.threadName(stop.thread()));
                    StopView.place(stop, output);
                });
    }

    private static int number(String word) {
        if (!word.matches("\\d{1,9}")) {
            throw new SessionException(
                    "Invalid thread ID: %s; info threads lists them".formatted(word),
                    new SessionFailure.Usage("thread NUMBER"));
        }
        return Integer.parseInt(word);
    }

    private static ThreadId thread(Stop stop, int number) {
        return stop.threads().stream()
                .filter(thread -> thread.thread() == number)
                .findFirst()
                .orElseThrow(() -> new SessionException(
                        "no thread %d; info threads lists them".formatted(number),
                        new SessionFailure.Usage("thread NUMBER")));
    }

    private void apply(Session session, String tail, Output output) {
        Matcher applied = APPLIED.matcher(tail);
        if (!applied.matches()) {
            throw new SessionException("thread apply: which command, to which CPUs?", new SessionFailure.Usage(APPLY));
        }
        Stop before = session.requireStop();
        Frame frame = before.frame();
        List<ThreadId> chosen = before.threads().stream()
                .filter(thread -> isAmong(applied.group(1), thread.thread()))
                .toList();
        if (chosen.isEmpty()) {
            throw new SessionException(
                    "thread apply %s: no such thread; info threads lists them".formatted(applied.group(1)),
                    new SessionFailure.Usage(APPLY));
        }
        try {
            for (ThreadId thread : chosen) {
                session.checkInterrupt();
                session.select(thread);
                String flags = applied.group(2).replace("-ascending", "");
                if (!flags.contains("q")) {
                    output.line("");
                    output.line("Thread %d (%s):", thread.thread(), session.threadName(thread));
                }
                FrameApply.perform(interpreter, applied.group(3), flags, output);
                if (!isStill(session, before)) {
                    return;
                }
            }
        } finally {
            if (isStill(session, before)) {
                session.select(before.thread()).select(frame);
            }
        }
    }

    private static boolean isStill(Session session, Stop before) {
        return session.state() instanceof Stop now && now.number() == before.number();
    }

    /** Whether a number is in one of the ranges of a text. */
    static boolean isAmong(String numbers, long thread) {
        if (numbers.equals("all")) {
            return true;
        }
        Matcher range = RANGE.matcher(numbers);
        while (range.find()) {
            long first = Long.parseLong(range.group(1));
            long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
            if (thread >= first && thread <= last) {
                return true;
            }
        }
        return false;
    }
}
