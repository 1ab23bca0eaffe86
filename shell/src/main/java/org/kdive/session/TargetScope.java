package org.kdive.session;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.kdive.gdbrsp.Register;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.expression.Place;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/** Names in expressions, as a stopped thread of the target sees them. Session thread. */
final class TargetScope implements ConvenienceScope {
    private static final int SUGGESTIONS = 3;

    private final Target target;
    private final ThreadId thread;
    private final Convenience convenience;

    TargetScope(Target target, ThreadId thread, Convenience convenience) {
        this.target = target;
        this.thread = thread;
        this.convenience = convenience;
    }

    @Override
    public Types types() {
        return target.types();
    }

    @Override
    public Architecture architecture() {
        return target.architecture();
    }

    @Override
    public Memory memory() {
        return target.memory(thread);
    }

    @Override
    public void write(long address, byte[] bytes) {
        target.write(thread, address, bytes);
    }

    @Override
    public Optional<Value> register(String name) {
        RegisterFile registers = target.frames().over(target.registers(thread));
        RegisterTypes typed = new RegisterTypes(target.types());
        UnaryOperator<String> present = each -> requireKnown(registers, each);
        if (name.equals("pc")) {
            Value linear = Value.of(
                    typed.codePointer(), registers.pc(), target.architecture().byteOrder());
            return Optional.of(place(linear, registers.canonical(name)));
        }
        Optional<Register> register = registers.find(name);
        if (register.isEmpty()) {
            return typed.part(name, whole -> registers.value(present.apply(whole)));
        }
        return registers
                .value(present.apply(name))
                .map(bits -> place(
                        typed.value(register.get(), name, bits), register.get().name()));
    }

    private String requireKnown(RegisterFile registers, String name) {
        if (registers.isLost(name)) {
            throw new SessionException(
                    "$%s is <not saved> in frame %d"
                            .formatted(
                                    name, target.frames().caller().orElseThrow().level()),
                    new SessionFailure.NoRegister(name));
        }
        return name;
    }

    private static Value place(Value value, String register) {
        return Value.of(value.type(), value.bytes(), new Place.InRegister(register), value.order());
    }

    @Override
    public void writeRegister(String name, BigInteger bits) {
        target.recorded().requireChangeable("write $" + name);
        target.frames().over(target.registers(thread)).write(name, bits);
        target.invalidate();
    }

    @Override
    public Optional<Value> variable(String name) {
        return switch (name) {
            case "_thread", "_gthread" -> Optional.of(number(thread.thread()));
            case "_inferior" -> Optional.of(number(1));
            default -> convenience.find(name);
        };
    }

    private Value number(long value) {
        return Value.of(types().c("int"), value, architecture().byteOrder());
    }

    @Override
    public Convenience convenience() {
        return convenience;
    }

    @Override
    public Optional<Symbol> symbol(String name) {
        Program program = target.requireProgram();
        return program.findSymbol(name).or(() -> toldByGuest(program, name));
    }

    /** Kernels without CONFIG_KALLSYMS_ALL have no name for most data, but once up they tell where some of it is. */
    private Optional<Symbol> toldByGuest(Program program, String name) {
        if (program.slideBytes().isEmpty() || program.types().isEmpty()) {
            return Optional.empty();
        }
        return target.live(thread).findAddress(name).stream()
                .mapToObj(address -> new Symbol(name, address, 0, 'd'))
                .findFirst();
    }

    @Override
    public Optional<String> symbolAt(long address) {
        return target.findProgram()
                .flatMap(program -> program.symbolAt(address))
                .filter(symbol -> symbol.address() == address)
                .map(Symbol::name);
    }

    @Override
    public List<String> closest(String name) {
        return target.findProgram()
                .map(Program::symbols)
                .map(table -> table.closest(name, SUGGESTIONS))
                .orElse(List.of());
    }

    @Override
    public int cpu() {
        return Math.max(0, target.threads().indexOf(thread));
    }
}
