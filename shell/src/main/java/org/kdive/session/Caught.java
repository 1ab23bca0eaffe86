package org.kdive.session;

import java.util.List;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.GuestStrings;

/** A guest that stands at the first instruction of a kernel function, or behind a call of one. Session thread. */
final class Caught {
    private static final List<String> X86_ARGUMENTS = List.of("rdi", "rsi", "rdx", "rcx", "r8", "r9");
    private static final int MOST_CHARACTERS = 200;

    private final Target target;
    private final ThreadId thread;
    private final RegisterFile registers;

    Caught(Target target, ThreadId thread) {
        this.target = target;
        this.thread = thread;
        this.registers = target.registers(thread);
    }

    long pc() {
        return registers.pc();
    }

    boolean isX86() {
        return target.architecture() == Architecture.X86_64;
    }

    /** @param index from 0, below 6 */
    long argument(int index) {
        return registers.require(isX86() ? X86_ARGUMENTS.get(index) : "x" + index);
    }

    long register(String name) {
        return registers.require(name);
    }

    /** Where the function that has just been entered returns to. */
    long returnAddress() {
        return isX86() ? number("*(unsigned long *)0x%x", registers.sp()) : registers.require("x30");
    }

    /** What the stack pointer is when it has returned: no other call on any stack has the same. */
    long stackAfterReturn() {
        return registers.sp() + (isX86() ? 8 : 0);
    }

    long stack() {
        return registers.sp();
    }

    long result() {
        return registers.require(isX86() ? "rax" : "x0");
    }

    /** A C expression over the kernel's types. Throws as it does. */
    Value evaluate(String format, Object... values) {
        return target.expression(format.formatted(values)).evaluate(target.scope(thread));
    }

    long number(String format, Object... values) {
        return evaluate(format, values).bits();
    }

    /** A text of the guest's that an expression is or points to, nothing in it that a terminal would obey; "" at null. */
    String text(String format, Object... values) {
        Value value = evaluate(format, values);
        if (value.address().isEmpty() && value.bits() == 0) {
            return "";
        }
        String text = GuestStrings.read(target.memory(thread), value);
        return text.substring(0, Math.min(text.length(), MOST_CHARACTERS))
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
    }

    String textAt(long address) {
        return address == 0 ? "" : text("(char *)0x%x", address);
    }

    /** A name with its offset, or the address. */
    String place(long address) {
        return target.findProgram()
                .map(program -> program.describe(address))
                .orElseGet(() -> "0x%x".formatted(address));
    }

    /** The name of the function that holds the address, "" where none does. */
    String function(long address) {
        return target.findProgram()
                .flatMap(program -> program.symbolAt(address))
                .map(Symbol::name)
                .orElse("");
    }

    /** Where the processor was, by the registers that the kernel saved there. */
    String savedPlace(long ptRegs) {
        return place(number(isX86() ? "((struct pt_regs *)0x%x)->ip" : "((struct pt_regs *)0x%x)->pc", ptRegs));
    }
}
