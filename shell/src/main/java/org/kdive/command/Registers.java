package org.kdive.command;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.Register;
import org.kdive.images.Architecture;
import org.kdive.images.arch.RegisterDecoder;
import org.kdive.images.arch.RegisterGroup;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code info registers}: values in gdb's columns, control and flag registers bit by bit. */
final class Registers {
    private final Stop stop;
    private final Output output;
    private final UntoldRegisters untold;

    private Registers(Stop stop, Output output) {
        this.stop = stop;
        this.output = output;
        this.untold = new UntoldRegisters(stop);
    }

    /** All general ones without words; else those named, one by one or by group. */
    static void show(Stop stop, List<String> words, Output output) {
        Registers registers = new Registers(stop, output);
        if (words.isEmpty()) {
            stop.frameRegisters().present().stream().filter(registers::isUsual).forEach(registers::line);
        }
        words.forEach(registers::word);
    }

    private void word(String word) {
        String name = word.startsWith("$") ? word.substring(1) : word;
        Optional<Register> one = stop.frameRegisters().find(name);
        if (one.isPresent()) {
            line(one.get());
            return;
        }
        List<Register> group = group(name);
        group.forEach(this::line);
        boolean shown = untold.show(name.equals("all") ? "system" : name, output);
        if (group.isEmpty() && !shown) {
            throw new SessionException(
                    "no register or group \"%s\"; groups are general segment control system vector float all"
                            .formatted(name),
                    new SessionFailure.NoRegister(name));
        }
    }

    private List<Register> group(String name) {
        return stop.registers().all().stream()
                .filter(register ->
                        name.equals("all") || groupOf(register).name().equalsIgnoreCase(name))
                .toList();
    }

    private boolean isUsual(Register register) {
        return switch (groupOf(register)) {
            case GENERAL, SEGMENT, CONTROL -> true;
            case SYSTEM, VECTOR, FLOAT -> false;
        };
    }

    private RegisterGroup groupOf(Register register) {
        return RegisterDecoder.find(stop.architecture())
                .map(decoder -> decoder.group(register.name()))
                .orElse(RegisterGroup.GENERAL);
    }

    private void line(Register register) {
        Optional<BigInteger> value = stop.frameRegisters().value(register.name());
        String name = output.styled(Output.Style.REGISTER, "%-14s ".formatted(register.name()));
        if (value.isEmpty()) {
            output.line("%s%s", name, stop.frameRegisters().isLost(register.name()) ? "<not saved>" : "<unavailable>");
            return;
        }
        String hex = "0x" + value.get().toString(16);
        output.line("%s%-19s%s", name, hex, meaning(register, value.get()));
    }

    private String meaning(Register register, BigInteger value) {
        long bits = value.longValue();
        Optional<String> decoded =
                RegisterDecoder.find(stop.architecture()).flatMap(decoder -> decoder.decode(register.name(), bits));
        if (decoded.isPresent()) {
            return decoded.get() + untold.hiddenPart(register.name());
        }
        if (register.bits() > 64) {
            return "";
        }
        boolean isPlace = register.name().equals(stop.registers().canonical("pc"));
        boolean known =
                stop.program().flatMap(program -> program.symbolAt(bits)).isPresent();
        if (isPlace || known && bits < 0) {
            return stop.describe(bits);
        }
        if (register.name().equals(stop.registers().canonical("sp"))
                || register.name().equals("rbp")) {
            return "0x" + value.toString(16); // pointers to gdb, too
        }
        return Numbers.format('d', value, Math.max(1, register.sizeBytes()));
    }

    /** The bytes of a number in the guest's order. */
    static BigInteger unsigned(Stop stop, byte[] bytes) {
        return org.kdive.gdbrsp.Registers.unsigned(bytes, stop.architecture().byteOrder());
    }

    /** What a function just left in the return register, in hex and decimal. */
    static Optional<String> returned(Stop stop) {
        String register = switch (stop.architecture()) {
            case X86_64 -> "rax";
            case X86_32 -> "eax";
            case ARM64 -> "x0";
            case RISCV64, RISCV32 -> "a0";
            default -> "r0";
        };
        int width = stop.architecture() == Architecture.X86_64
                ? 8
                : stop.architecture().pointerBytes();
        return stop.registers()
                .value(register)
                .map(value -> "0x%s (%s)".formatted(value.toString(16), Numbers.format('d', value, width)));
    }
}
