package org.kdive.session;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Program;
import org.kdive.images.arch.CallingConvention;
import org.kdive.images.arch.CallingConvention.Placement;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.Function;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;
import org.kdive.session.expression.Place;
import org.kdive.session.expression.Value;

/** What goes into a function and what comes out, by its prototype in BTF and the platform's calling convention. Session thread. */
public final class CallValues {
    private CallValues() {}

    /** An argument by its name. */
    public record Named(String name, Value value) {}

    /** The function that the guest is about to enter: its first instruction comes next. */
    public static Optional<String> entered(Stop stop) {
        long pc = stop.pc();
        return stop.program()
                .flatMap(program -> program.symbolAt(pc))
                .filter(symbol -> symbol.address() == pc)
                .map(Symbol::name);
    }

    /**
     * The arguments of the function that the guest is about to enter; empty anywhere else, where registers hold other things
     * by now, and for a function that BTF does not tell of.
     */
    public static Optional<List<Named>> arguments(Stop stop) {
        return entered(stop)
                .flatMap(name -> prototype(stop, name))
                .flatMap(type -> CallingConvention.of(stop.architecture())
                        .map(convention -> convention.place(type).stream()
                                .map(placement -> argument(stop, convention, placement))
                                .toList()));
    }

    /** What a function has just returned; empty when its prototype is not known, or returns nothing. */
    public static Optional<Value> result(Stop stop, String function) {
        return prototype(stop, function)
                .flatMap(type -> CallingConvention.of(stop.architecture())
                        .map(convention -> convention.result(type))
                        .filter(registers -> !registers.isEmpty())
                        .map(registers -> inRegisters(stop, type.result().type(), registers)));
    }

    /** Whether a function is known to return nothing. */
    public static boolean isVoid(Stop stop, String function) {
        return prototype(stop, function)
                .filter(type -> type.result().type().strip() instanceof VoidType)
                .isPresent();
    }

    private static Optional<FunctionType> prototype(Stop stop, String function) {
        int dot = function.indexOf('.'); // a clone's arguments may be fewer: only its own prototype would do
        return dot > 0
                ? Optional.empty()
                : stop.program()
                        .flatMap(Program::types)
                        .flatMap(types -> types.findFunction(function))
                        .map(Function::type);
    }

    private static Named argument(Stop stop, CallingConvention convention, Placement placement) {
        Type type = placement.parameter().type().type();
        Value value = placement.registers().isEmpty()
                ? Value.inMemory(
                        type,
                        stop.registers().sp() + placement.stackOffset().orElse(convention.returnAddressBytes()),
                        stop.memory(),
                        stop.architecture().byteOrder())
                : inRegisters(stop, type, placement.registers());
        return new Named(placement.parameter().name(), value);
    }

    private static Value inRegisters(Stop stop, Type type, List<String> names) {
        int word = stop.architecture().pointerBytes();
        int size = (int) type.sizeBytes();
        byte[] bytes = new byte[size];
        ByteOrder order = stop.architecture().byteOrder();
        List<BigInteger> words = new ArrayList<>();
        names.forEach(name -> words.add(stop.registers().value(name).orElse(BigInteger.ZERO)));
        for (int i = 0; i < size; i++) {
            byte one = words.get(i / word).shiftRight(8 * (i % word)).byteValue();
            bytes[order == ByteOrder.LITTLE_ENDIAN ? i : size - 1 - i] = one;
        }
        return Value.of(type, bytes, new Place.Nowhere(), order);
    }
}
