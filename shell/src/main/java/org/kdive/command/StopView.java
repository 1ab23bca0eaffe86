package org.kdive.command;

import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.arch.Instruction;
import org.kdive.images.linux.Oops;
import org.kdive.session.Cause;
import org.kdive.session.Session;
import org.kdive.session.Stop;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.PrintOptions;
import org.kdive.session.printing.ValuePrinter;

/** How a stop is told: why, where, what surrounds it, and the instruction that comes next. Session thread. */
public final class StopView {
    private final Displays displays;
    private final ContextView context;
    private Consumer<Output> hook = output -> {}; // the user's hook-stop

    StopView(Displays displays, ContextView context) {
        this.displays = displays;
        this.context = context;
    }

    /** Runs before each stop is shown. */
    public void before(Consumer<Output> action) {
        hook = action;
    }

    /** The first stop of a target, which may bring what was displayed elsewhere. */
    public void begin(Session session, Stop stop, Output output) {
        displays.adopt(session, session.checkpoints().brought());
        show(session, stop, output);
    }

    /** The lines gdb would print, what surrounds the stop, the instruction, and what the user wants displayed. */
    public void show(Session session, Stop stop, Output output) {
        if (stop.aftermath().silent()) {
            return;
        }
        hook.accept(output);
        cause(stop, output);
        ContextView.code(stop, context.show(session, stop, output), output);
        displays.shown(session, output);
    }

    private static void cause(Stop stop, Output output) {
        if (stop.cause() instanceof Cause.WatchpointHit hit) {
            hit.hits().forEach(seen -> watched(stop, seen, output));
            output.line("%s", place(output, stop));
            return;
        }
        String why = stop.cause().describe();
        String where = place(output, stop);
        boolean hit = stop.cause() instanceof Cause.BreakpointHit || stop.cause() instanceof Cause.Caught;
        if (hit) {
            output.line("%s, %s%s", why, where, cpu(stop));
        } else {
            if (!why.isEmpty()) {
                output.line("%s", why + (stop.cause() instanceof Cause.Hung ? "" : cpu(stop))); // it says which
            }
            accident(stop.cause()).ifPresent(oops -> AccidentView.show(oops, output));
            if (stop.cause() instanceof Cause.Hung hung) {
                AccidentView.hang(hung.words(), stop, output);
            }
            output.line("%s", where);
        }
    }

    private static Optional<Oops> accident(Cause cause) {
        if (cause instanceof Cause.Panicked panicked) {
            return panicked.told();
        }
        return cause instanceof Cause.Oopsed oopsed ? oopsed.told() : Optional.empty();
    }

    // as gdb: what it was and what it is, or what it is if that is all there is to tell
    private static void watched(Stop stop, Cause.Watched seen, Output output) {
        output.line("");
        output.line("%s%s", seen.title(), cpu(stop));
        output.line("");
        if (seen.access() == Stoppoint.Kind.READ || seen.access() == Stoppoint.Kind.ACCESS && !seen.isChanged()) {
            output.line("Value = %s", value(stop, seen.now()));
        } else {
            output.line("Old value = %s", value(stop, seen.before()));
            output.line("New value = %s", value(stop, seen.now()));
        }
    }

    private static String value(Stop stop, Optional<Value> value) {
        ValuePrinter printer = new ValuePrinter(
                stop.memory(),
                address -> stop.program()
                        .filter(known -> known.symbolAt(address).isPresent())
                        .map(known -> known.describe(address)),
                PrintOptions.defaults());
        return value.map(known -> printer.print(known, ' ')).orElse("<unreadable>");
    }

    private static String place(Output output, Stop stop) {
        return "%s in %s ()"
                .formatted(
                        output.styled(Output.Style.ADDRESS, "0x%x".formatted(stop.pc())),
                        output.styled(Output.Style.SYMBOL, symbol(stop, stop.pc())));
    }

    /** The place and its instruction, without the cause. */
    static void place(Stop stop, Output output) {
        output.line("%s", place(output, stop));
        ContextView.code(stop, 1, output);
    }

    private static final int MOST_CPUS = 8192; // CONFIG_NR_CPUS, at most

    private static String cpu(Stop stop) {
        if (stop.threads().size() <= 1) {
            return "";
        }
        // KGDB calls the CPUs fffffffe, fffffffd and so on down: kernel/debug/gdbstub.c, shadow_pid
        long number = stop.thread().thread();
        long shadow = 0xfffffffeL - number;
        return " on CPU %d".formatted(shadow >= 0 && shadow < MOST_CPUS ? shadow : number - 1);
    }

    private static String symbol(Stop stop, long pc) {
        return stop.program()
                .filter(program -> program.symbolAt(pc).isPresent())
                .map(program -> program.describe(pc))
                .orElse("??");
    }

    /** {@code 0xffffffff83208a8c <start_kernel+0>:  push   rbp}, with the target of a call or jump by its name. */
    static String instruction(Stop stop, Instruction instruction, Output output) {
        return instruction(stop, instruction, "", output);
    }

    /** Its bytes in hex, for disassemble/r. */
    static String bytes(Instruction instruction) {
        return "%-31s ".formatted(HexFormat.ofDelimiter(" ").formatHex(instruction.bytes()));
    }

    static String instruction(Stop stop, Instruction instruction, String bytes, Output output) {
        String text = "%-7s %s"
                .formatted(instruction.mnemonic(), instruction.operands())
                .stripTrailing();
        String target = instruction.target().isPresent()
                ? " <" + symbol(stop, instruction.target().getAsLong()) + ">"
                : "";
        return "0x%x%s:\t%s%s%s"
                .formatted(
                        instruction.address(),
                        output.styled(Output.Style.SYMBOL, offset(stop, instruction.address())),
                        bytes,
                        output.styled(Output.Style.MNEMONIC, text),
                        target.equals(" <??>") ? "" : target);
    }

    private static String offset(Stop stop, long address) {
        return stop.program()
                .flatMap(program -> program.symbolAt(address)
                        .map(symbol -> " <%s+%d>".formatted(symbol.name(), address - symbol.address())))
                .orElse("");
    }
}
