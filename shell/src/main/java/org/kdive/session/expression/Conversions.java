package org.kdive.session.expression;

import java.util.Arrays;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;

/** Casts, as gdb makes them: C's, and what is in memory can be looked at as any type. */
final class Conversions {
    private final Evaluator in;

    Conversions(Evaluator in) {
        this.in = in;
    }

    Value cast(int at, Type type, Value given) {
        Type to = type.strip();
        if (to instanceof VoidType) {
            return in.nothing();
        }
        if (given.type().equals(Types.UNTYPED_DATA)) {
            return in.memory(type, given.address().orElseThrow()); // "cast it to its declared type"
        }
        in.require(at, given);
        if (Types.isScalar(to)) {
            Value value = in.access().decayed(at, given);
            if (Types.isScalar(value.type().strip())) {
                return scalar(type, value);
            }
        }
        if (given.address().isPresent()) {
            return in.memory(type, given.address().getAsLong());
        }
        if (to instanceof ArrayType && given.type().sizeBytes() == type.sizeBytes()
                || given.type().strip().equals(to)) {
            byte[] bytes = given.bytes();
            return Value.of(type, Arrays.copyOf(bytes, bytes.length), new Place.Nowhere(), given.order());
        }
        throw new Misstep(at, "Invalid cast.");
    }

    private Value scalar(Type type, Value value) {
        Type to = type.strip();
        Type from = value.type().strip();
        if (to instanceof FloatType) {
            return in.real(type, value.real());
        }
        if (to instanceof IntType integer && integer.isBool()) {
            boolean isTrue = from instanceof FloatType ? value.real() != 0 : in.asNumber(value) != 0;
            return in.number(type, isTrue ? 1 : 0);
        }
        return in.number(type, from instanceof FloatType ? (long) value.real() : in.asNumber(value));
    }
}
