package org.kdive.command;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Frame;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code frame apply}: one command for several frames. Session thread. */
final class FrameApply {
    static final String USAGE = "frame apply all|COUNT|-COUNT|level N[-M]... [-qcs] COMMAND";
    private static final Pattern WORDS = Pattern.compile("(?<which>all|-?\\d+|level(?:\\s+\\d+(?:-\\d+)?)+)"
            + "(?<flags>(?:\\s+-[qcs]+)*)\\s+(?<command>[^\\s\\d-].*)");

    private final Interpreter interpreter;

    FrameApply(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    /** @param words what stands behind {@code apply} */
    void run(Session session, String words, Output output) {
        Matcher wanted = WORDS.matcher(words.strip());
        if (!wanted.matches()) {
            throw new SessionException("frame apply: which command, to which frames?", new SessionFailure.Usage(USAGE));
        }
        Stop before = session.requireStop();
        Frame selected = before.frame();
        List<Frame> frames = chosen(before, wanted.group("which"));
        if (frames.isEmpty()) {
            throw new SessionException(
                    "frame apply %s: no such frame; backtrace lists them".formatted(wanted.group("which")),
                    new SessionFailure.Usage(USAGE));
        }
        try {
            for (Frame frame : frames) {
                session.checkInterrupt();
                before.select(frame);
                one(before, frame, wanted, output);
                if (!isStill(session, before)) {
                    return;
                }
            }
        } finally {
            if (isStill(session, before)) {
                before.select(selected);
            }
        }
    }

    private void one(Stop stop, Frame frame, Matcher wanted, Output output) {
        String flags = wanted.group("flags");
        if (!flags.contains("q")) {
            output.line("%s", StackVerbs.frame(stop, frame, output));
        }
        perform(interpreter, wanted.group("command"), flags, output);
    }

    /** Runs one of several, with {@code -c} and {@code -s} past its failure. */
    static void perform(Interpreter interpreter, String command, String flags, Output output) {
        try {
            interpreter.perform(command, output);
        } catch (SessionException e) {
            boolean goesOn = flags.contains("c") || flags.contains("s");
            if (!goesOn || e.failure() instanceof SessionFailure.Interrupted) {
                throw e;
            }
            if (!flags.contains("s")) {
                output.note(Complaint.of(e).text());
            }
        }
    }

    private static List<Frame> chosen(Stop stop, String which) {
        List<Frame> frames = stop.calls(StackVerbs.DEEPEST).frames();
        if (which.equals("all")) {
            return frames;
        }
        if (which.startsWith("level")) {
            return frames.stream()
                    .filter(frame -> ThreadVerbs.isAmong(which, frame.level()))
                    .toList();
        }
        int count = Math.min(frames.size(), Words.count(which.startsWith("-") ? which.substring(1) : which, USAGE));
        return which.startsWith("-") ? frames.subList(frames.size() - count, frames.size()) : frames.subList(0, count);
    }

    private static boolean isStill(Session session, Stop before) {
        return session.state() instanceof Stop now && now.number() == before.number();
    }
}
