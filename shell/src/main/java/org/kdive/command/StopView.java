package org.kdive.command;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.kdive.images.arch.Instruction;
import org.kdive.session.Cause;
import org.kdive.session.Session;
import org.kdive.session.Stop;

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

    /** The lines gdb would print, what surrounds the stop, the instruction, and what the user wants displayed. */
    public void show(Session session, Stop stop, Output output) {
        hook.accept(output);
        cause(stop, output);
        ContextView.code(stop, context.show(session, stop, output), output);
        displays.shown(session, output);
    }

    private static void cause(Stop stop, Output output) {
        String why = stop.cause().describe();
        long pc = stop.pc();
        String where = output.styled(Output.Style.ADDRESS, "0x%x".formatted(pc)) + " in "
                + output.styled(Output.Style.SYMBOL, symbol(stop, pc)) + " ()";
        boolean hit = stop.cause() instanceof Cause.BreakpointHit;
        if (hit) {
            output.line("%s, %s%s", why, where, cpu(stop));
        } else {
            if (!why.isEmpty()) {
                output.line("%s", why + cpu(stop));
            }
            output.line("%s", where);
        }
    }

    /** The place and its instruction, without the cause. */
    static void place(Stop stop, Output output) {
        long pc = stop.pc();
        output.line(
                "%s in %s ()",
                output.styled(Output.Style.ADDRESS, "0x%x".formatted(pc)),
                output.styled(Output.Style.SYMBOL, symbol(stop, pc)));
        ContextView.code(stop, 1, output);
    }

    private static String cpu(Stop stop) {
        return stop.threads().size() > 1 ? " on CPU %d".formatted(stop.thread().thread() - 1) : "";
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
