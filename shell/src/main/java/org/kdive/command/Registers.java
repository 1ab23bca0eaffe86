package org.kdive.command;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.Register;
import org.kdive.images.Architecture;
import org.kdive.images.arch.RegisterDecoder;
import org.kdive.images.arch.RegisterGroup;
import org.kdive.session.RegisterFile;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code info registers}: values in gdb's columns, control and flag registers bit by bit. */
final class Registers {
    private Registers() {}

    /** All general ones without words; else those named, one by one or by group. */
    static void show(Stop stop, List<String> words, Output output) {
        RegisterFile registers = stop.frameRegisters();
        if (words.isEmpty()) {
            registers.present().stream()
                    .filter(register -> isGeneral(stop, register))
                    .forEach(register -> line(stop, register, output));
            return;
        }
        for (String word : words) {
            String name = word.startsWith("$") ? word.substring(1) : word;
            Optional<Register> one = registers.find(name);
            List<Register> group = group(stop, name);
            if (one.isPresent()) {
                line(stop, one.get(), output);
            } else if (!group.isEmpty()) {
                group.forEach(register -> line(stop, register, output));
            } else {
                throw new SessionException(
                        "no register or group \"%s\"; groups are general segment control system vector float all"
                                .formatted(name),
                        new SessionFailure.NoRegister(name));
            }
        }
    }

    private static List<Register> group(Stop stop, String name) {
        List<Register> found = new ArrayList<>();
        for (Register register : stop.registers().all()) {
            RegisterGroup group = groupOf(stop, register);
            if (name.equals("all") || group.name().equalsIgnoreCase(name)) {
                found.add(register);
            }
        }
        return found;
    }

    private static boolean isGeneral(Stop stop, Register register) {
        return switch (groupOf(stop, register)) {
            case GENERAL, SEGMENT, CONTROL -> true;
            case SYSTEM, VECTOR, FLOAT -> false;
        };
    }

    private static RegisterGroup groupOf(Stop stop, Register register) {
        return decoder(stop).group(register.name());
    }

    private static RegisterDecoder decoder(Stop stop) {
        return switch (stop.architecture()) {
            case ARM64 -> RegisterDecoder.arm64();
            case ARM -> RegisterDecoder.arm();
            case RISCV64, RISCV32 -> RegisterDecoder.riscv64();
            default -> RegisterDecoder.x86();
        };
    }

    private static void line(Stop stop, Register register, Output output) {
        Optional<BigInteger> value = stop.frameRegisters().value(register.name());
        String name = output.styled(Output.Style.REGISTER, "%-14s ".formatted(register.name()));
        if (value.isEmpty()) {
            output.line("%s%s", name, stop.frameRegisters().isLost(register.name()) ? "<not saved>" : "<unavailable>");
            return;
        }
        String hex = "0x" + value.get().toString(16);
        output.line("%s%-19s%s", name, hex, meaning(stop, register, value.get()));
    }

    private static String meaning(Stop stop, Register register, BigInteger value) {
        long bits = value.longValue();
        Optional<String> decoded = decoder(stop).decode(register.name(), bits);
        if (decoded.isPresent()) {
            return decoded.get();
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
