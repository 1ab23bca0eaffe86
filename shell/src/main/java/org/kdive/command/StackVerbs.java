package org.kdive.command;

import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.session.Calls;
import org.kdive.session.Frame;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** The verbs about calls and CPUs. */
final class StackVerbs {
    private static final int DEEPEST = 64;

    private StackVerbs() {}

    static List<Command> all() {
        return List.of(backtrace(), thread());
    }

    private static Command backtrace() {
        return Command.named("backtrace", "bt", "where")
                .topic(Topic.STACK)
                .usage("backtrace [COUNT]")
                .usage("backtrace task PID|NAME")
                .usage("backtrace all")
                .summary("the calls that led here, innermost first; of a task, or of every CPU")
                .help(
                        "A ? marks a guess: a word on the stack that follows a call, maybe left over from an earlier one.")
                .runs((session, arguments, output) -> {
                    Arguments rest = arguments.shift();
                    if (rest.verb().equals("all")) {
                        KernelVerbs.everyCpu(session, DEEPEST, output);
                    } else if (rest.verb().equals("task")) {
                        KernelVerbs.task(session, rest.tail(), DEEPEST, output);
                    } else {
                        int limit = arguments.isEmpty()
                                ? DEEPEST
                                : Words.count(arguments.tail(), "backtrace [COUNT] | task PID | all");
                        Stop stop = session.requireStop();
                        show(stop, stop.calls(limit), output);
                    }
                });
    }

    static void show(Stop stop, Calls calls, Output output) {
        calls.frames().forEach(frame -> output.line("%s", frame(stop, frame, output)));
        if (!calls.lost().isEmpty()) {
            output.line("(the stack is lost here: %s)", calls.lost());
        }
    }

    private static String frame(Stop stop, Frame frame, Output output) {
        String symbol = stop.program()
                .flatMap(program -> program.symbolAt(frame.lookupPc()))
                .map(found -> offset(found.name(), frame.pc() - found.address()))
                .orElse("??");
        return "#%-3d%s in %s ()%s"
                .formatted(
                        frame.level(),
                        output.styled(Output.Style.ADDRESS, address(stop, frame.pc())),
                        output.styled(Output.Style.SYMBOL, symbol),
                        mark(frame));
    }

    private static String mark(Frame frame) {
        return switch (frame.kind()) {
            case NORMAL -> "";
            case INTERRUPT -> "  <interrupted>";
            case USER -> "  <user mode, interrupted>";
            case SYSCALL -> "  <user mode, system call>";
            case GUESS -> "  ?";
        };
    }

    private static String address(Stop stop, long address) {
        int digits = 2 * stop.architecture().pointerBytes();
        return "0x" + "0".repeat(Math.max(0, digits - Long.toHexString(address).length())) + Long.toHexString(address);
    }

    private static String offset(String name, long offsetBytes) {
        return offsetBytes == 0 ? name : name + "+" + offsetBytes;
    }

    private static Command thread() {
        return Command.named("thread", "t")
                .topic(Topic.STACK)
                .usage("thread [NUMBER]")
                .usage("thread apply all backtrace [COUNT]")
                .summary("make another CPU the one that commands speak of")
                .runs((session, arguments, output) -> {
                    Stop stop = session.requireStop();
                    if (arguments.word(0).equals(Optional.of("apply"))) {
                        apply(session, arguments.words(), output);
                        return;
                    }
                    if (!arguments.isEmpty()) {
                        int number = Words.count(arguments.tail(), "thread [NUMBER]");
                        ThreadId other = stop.threads().stream()
                                .filter(thread -> thread.thread() == number)
                                .findFirst()
                                .orElseThrow(() -> new SessionException(
                                        "no thread %d; info threads lists them".formatted(number),
                                        new SessionFailure.Usage("thread NUMBER")));
                        stop = session.select(other);
                    }
                    output.line(
                            "[Current thread is %d (%s)]", stop.thread().thread(), session.threadName(stop.thread()));
                    StopView.place(stop, output);
                });
    }

    private static void apply(Session session, List<String> words, Output output) {
        String usage = "thread apply all backtrace [COUNT]";
        boolean isKnown = words.size() >= 3
                && words.get(1).equals("all")
                && (words.get(2).equals("bt")
                        || words.get(2).equals("backtrace")
                        || words.get(2).equals("where"));
        if (!isKnown) {
            throw new SessionException(
                    "thread apply: only the backtrace of all CPUs can be had this way",
                    new SessionFailure.Usage(usage));
        }
        KernelVerbs.everyCpu(session, words.size() > 3 ? Words.count(words.get(3), usage) : DEEPEST, output);
    }
}
