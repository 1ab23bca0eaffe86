package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.kdive.session.Calls;
import org.kdive.session.Frame;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/** {@code backtrace}, and how calls are written. */
final class StackVerbs {
    static final int DEEPEST = 64;
    private static final Pattern COUNT = Pattern.compile("|-?\\d+");

    private StackVerbs() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>(FrameVerbs.all());
        all.add(backtrace());
        return all;
    }

    private static Command backtrace() {
        return Command.named("backtrace", "bt", "where")
                .topic(Topic.STACK)
                .usage("backtrace [full] [COUNT|-COUNT]")
                .usage("backtrace [task PID|NAME] | TASK")
                .usage("backtrace all")
                .summary("the calls that led here, innermost first; of a task, or of every CPU")
                .help(
                        "With -COUNT the outermost ones. A ? marks a guess: a word on the stack that follows a call, maybe left"
                                + " over from an earlier one. TASK is a task's name, or an expression that points to its"
                                + " task_struct. full says why there are no locals.")
                .runs((session, arguments, output) -> {
                    Arguments rest = arguments.shift();
                    if (rest.verb().equals("all")) {
                        KernelVerbs.everyCpu(session, DEEPEST, output);
                    } else if (rest.verb().equals("task")) {
                        KernelVerbs.task(session, rest.tail(), DEEPEST, output);
                    } else if (rest.verb().equals("full") || rest.verb().equals("-full")) {
                        counted(session, rest.tail(), output);
                        output.line("No locals: a stock kernel carries no DWARF that tells where they are.");
                    } else if (COUNT.matcher(arguments.tail()).matches()) {
                        counted(session, arguments.tail(), output);
                    } else {
                        KernelVerbs.task(session, arguments.tail(), DEEPEST, output);
                    }
                });
    }

    private static void counted(Session session, String count, Output output) {
        Stop stop = session.requireStop();
        boolean fromOutermost = count.startsWith("-");
        int wanted = count.isEmpty()
                ? DEEPEST
                : Words.count(fromOutermost ? count.substring(1) : count, "backtrace [full] [COUNT|-COUNT]");
        Calls calls = stop.calls(fromOutermost ? DEEPEST : wanted + 1);
        List<Frame> frames = calls.frames();
        if (fromOutermost) {
            int first = Math.max(0, frames.size() - wanted);
            show(stop, new Calls(frames.subList(first, frames.size()), calls.lost()), output);
        } else if (frames.size() > wanted) {
            show(stop, new Calls(frames.subList(0, wanted), ""), output);
            output.line("(More stack frames follow...)");
        } else {
            show(stop, calls, output);
        }
    }

    static void show(Stop stop, Calls calls, Output output) {
        calls.frames().forEach(frame -> output.line("%s", frame(stop, frame, output)));
        if (!calls.lost().isEmpty()) {
            output.line("(the stack is lost here: %s)", calls.lost());
        }
    }

    static String frame(Stop stop, Frame frame, Output output) {
        String symbol = place(stop, frame);
        return "#%-3d%s in %s ()%s"
                .formatted(
                        frame.level(),
                        output.styled(Output.Style.ADDRESS, address(stop, frame.pc())),
                        output.styled(Output.Style.SYMBOL, symbol),
                        mark(frame));
    }

    static String place(Stop stop, Frame frame) {
        return stop.program()
                .flatMap(program -> program.symbolAt(frame.lookupPc()))
                .map(found -> offset(found.name(), frame.pc() - found.address()))
                .orElse("??");
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
}
