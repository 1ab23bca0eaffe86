package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.Frame;
import org.kdive.session.RegisterFile;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** The verbs about the selected frame: what its registers were is what expressions speak of. */
final class FrameVerbs {
    private static final String USAGE = "frame [[level] NUMBER | function NAME]";

    private FrameVerbs() {}

    static List<Command> all() {
        return List.of(up(), down());
    }

    static Command frame(FrameApply apply) {
        return Command.named("frame", "f")
                .topic(Topic.STACK)
                .usage(USAGE)
                .usage(FrameApply.USAGE)
                .summary("select a call on the stack, and tell which one is")
                .help(
                        "Expressions, info registers, x and disassemble take the registers of the selected frame, as far as they"
                                + " were saved: the unwind tables tell of the program counter, the stack and the frame pointer, an"
                                + " interrupt or a system call saves all. What a callee may have used since is <not saved>. The"
                                + " selection holds until the guest runs.\n\napply runs a command for the COUNT innermost frames, the -COUNT"
                                + " outermost, all, or those of a level, and selects the frame of before again. -q leaves out the"
                                + " frame's line, -c goes on after an error, -s does so and says nothing of it:\n"
                                + "  frame apply all -q print $sp\n  frame apply level 1-3 info frame")
                .completes(Completers.words("apply", "function", "level"))
                .runs((session, arguments, output) -> {
                    Stop stop = session.requireStop();
                    if (arguments.shift().verb().equals("apply")) {
                        apply.run(session, arguments.shift().tail(), output);
                        return;
                    }
                    if (!arguments.isEmpty()) {
                        stop.select(wanted(stop, arguments));
                    }
                    show(stop, output);
                });
    }

    private static Frame wanted(Stop stop, Arguments arguments) {
        Arguments rest = arguments.shift();
        if (rest.verb().equals("function")) {
            return stop.calls(StackVerbs.DEEPEST).frames().stream()
                    .filter(frame -> function(stop, frame).equals(Optional.of(rest.tail())))
                    .findFirst()
                    .orElseThrow(() -> new SessionException(
                            "No frame for function \"%s\".".formatted(rest.tail()),
                            new SessionFailure.NoSymbol(rest.tail())));
        }
        String word = rest.verb().equals("level") ? rest.tail() : arguments.tail();
        int level = level(word);
        List<Frame> frames = stop.calls(level + 1).frames();
        if (frames.size() <= level) {
            throw new SessionException(
                    "No frame at level %s.".formatted(word), new SessionFailure.Unsupported("frame " + level));
        }
        return frames.get(level);
    }

    private static int level(String word) {
        if (!word.strip().matches("\\d{1,9}")) {
            throw new SessionException("No frame at level %s.".formatted(word), new SessionFailure.Usage(USAGE));
        }
        return Math.min(Integer.parseInt(word.strip()), StackVerbs.DEEPEST);
    }

    /** The function that a frame is in; empty where no symbol is known. */
    static Optional<String> function(Stop stop, Frame frame) {
        return stop.program()
                .flatMap(program -> program.symbolAt(frame.lookupPc()))
                .map(Symbol::name);
    }

    private static void show(Stop stop, Output output) {
        output.line("%s", StackVerbs.frame(stop, stop.frame(), output));
    }

    private static Command up() {
        return Command.named("up")
                .topic(Topic.STACK)
                .usage("up [COUNT]")
                .summary("select the caller of the selected frame")
                .repeats()
                .runs((session, arguments, output) -> move(session, steps(arguments, "up [COUNT]"), output));
    }

    private static Command down() {
        return Command.named("down", "dow")
                .topic(Topic.STACK)
                .usage("down [COUNT]")
                .summary("select what the selected frame called")
                .repeats()
                .runs((session, arguments, output) -> move(session, -steps(arguments, "down [COUNT]"), output));
    }

    // up -1 is down
    private static int steps(Arguments arguments, String usage) {
        String word = arguments.tail();
        return word.startsWith("-") ? -Words.count(word.substring(1), usage) : Words.count(word, usage);
    }

    // as gdb: as far as it goes, and an error only where it goes no further at all
    private static void move(Session session, int by, Output output) {
        Stop stop = session.requireStop();
        int from = stop.frame().level();
        List<Frame> frames = stop.calls(StackVerbs.DEEPEST).frames();
        int to = Math.max(0, Math.min(frames.size() - 1, from + by));
        if (to == from) {
            throw new SessionException(
                    by > 0
                            ? "Initial frame selected; you can't go up."
                            : "Bottom (innermost) frame selected; you can't go down.",
                    new SessionFailure.Unsupported(by > 0 ? "up" : "down"));
        }
        stop.select(frames.get(to));
        show(stop, output);
    }

    /** {@code info frame}. */
    static Command info() {
        return Command.named("frame", "f")
                .usage("info frame [LEVEL]")
                .summary("the selected frame: where it is, where it returns to, what is known of its registers")
                .runs((session, arguments, output) -> {
                    Stop stop = session.requireStop();
                    Frame frame = arguments.isEmpty() ? stop.frame() : wanted(stop, arguments);
                    List<Frame> frames = stop.calls(frame.level() + 3).frames();
                    RegisterFile names = stop.registers();
                    Optional<Frame> caller = at(frames, frame.level() + 1);
                    output.line("Stack level %d, frame at %s:", frame.level(), frameAddress(caller));
                    output.line(
                            " %s = 0x%x in %s; saved %s = %s",
                            names.canonical("pc"),
                            frame.pc(),
                            StackVerbs.place(stop, frame),
                            names.canonical("pc"),
                            caller.map(one -> "0x%x".formatted(one.pc())).orElse("<not saved>"));
                    caller.ifPresent(one ->
                            output.line(" called by frame at %s", frameAddress(at(frames, frame.level() + 2))));
                    if (frame.level() > 0) {
                        output.line(" caller of frame at 0x%x", frame.sp());
                    }
                    output.line(" Locals: not known, a stock kernel carries no DWARF");
                    caller.ifPresent(one -> output.line(" Previous frame's sp is %s", knownSp(names, one)));
                    output.line(
                            " Known registers:%s",
                            frame.level() == 0
                                    ? " all"
                                    : " "
                                            + String.join(
                                                    " ",
                                                    new TreeSet<>(
                                                            frame.registers().keySet())));
                });
    }

    private static Optional<Frame> at(List<Frame> frames, int level) {
        return level < frames.size() ? Optional.of(frames.get(level)) : Optional.empty();
    }

    // a frame is where its caller's stack pointer points: what DWARF calls the canonical frame address
    private static String frameAddress(Optional<Frame> caller) {
        return caller.map(one -> "0x%x".formatted(one.sp())).orElse("<not known>");
    }

    private static String knownSp(RegisterFile names, Frame frame) {
        Long sp = frame.registers().get(names.canonical("sp"));
        return sp == null ? "<not saved>" : "0x%x".formatted(sp);
    }
}
