package org.kdive.command;

import java.util.HexFormat;
import java.util.List;
import org.kdive.images.arch.Instruction;
import org.kdive.session.Cause;
import org.kdive.session.Stop;

/** How a stop is told: why, where, and the instruction that comes next. */
public final class StopView {
    private StopView() {}

    /** The lines gdb would print, and the instruction. */
    public static void show(Stop stop, Output output) {
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
        next(stop, output);
    }

    /** The place and its instruction, without the cause. */
    static void place(Stop stop, Output output) {
        long pc = stop.pc();
        output.line(
                "%s in %s ()",
                output.styled(Output.Style.ADDRESS, "0x%x".formatted(pc)),
                output.styled(Output.Style.SYMBOL, symbol(stop, pc)));
        next(stop, output);
    }

    private static void next(Stop stop, Output output) {
        long pc = stop.pc();
        List<Instruction> code = stop.code(pc, 1);
        if (code.isEmpty()) {
            output.line("=> 0x%x: cannot access memory", pc);
        } else {
            output.line("=> %s", instruction(stop, code.get(0), output));
        }
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
