package org.kdive.session.expression;

import java.math.BigInteger;
import java.util.List;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;
import org.kdive.session.SessionFailure;

/** One evaluation of one tree over one scope: what the nodes share. */
final class Evaluator {
    private final Scope scope;
    private final boolean typesOnly; // nothing is written, and no pointer is read: its target's type is all that counts
    private final Names names = new Names(this);
    private final Access access = new Access(this);
    private final Arithmetic arithmetic = new Arithmetic(this);
    private final Conversions conversions = new Conversions(this);
    private final Functions functions = new Functions(this);

    Evaluator(Scope scope, boolean typesOnly) {
        this.scope = scope;
        this.typesOnly = typesOnly;
    }

    Scope scope() {
        return scope;
    }

    Types types() {
        return scope.types();
    }

    Names names() {
        return names;
    }

    Access access() {
        return access;
    }

    Arithmetic arithmetic() {
        return arithmetic;
    }

    Conversions conversions() {
        return conversions;
    }

    Functions functions() {
        return functions;
    }

    // ---- values

    Value number(Type type, long bits) {
        return Value.of(type, bits, types().order());
    }

    Value real(Type type, double value) {
        byte[] bytes = Scalars.realBytes(value, (int) type.sizeBytes(), types().order());
        return Value.of(type, bytes, new Place.Nowhere(), types().order());
    }

    Value truth(boolean value) {
        return number(types().c("int"), value ? 1 : 0);
    }

    Value nothing() {
        return Value.of(types().c("void"), new byte[0], new Place.Nowhere(), types().order());
    }

    Value string(List<Byte> text) {
        byte[] bytes = new byte[text.size() + 1];
        for (int i = 0; i < text.size(); i++) {
            bytes[i] = text.get(i);
        }
        Type type = types().arrayOf(types().c("char"), bytes.length);
        return Value.of(type, bytes, new Place.Nowhere(), types().order());
    }

    Value memory(Type type, long address) {
        return Value.inMemory(type, address, scope.memory(), types().order());
    }

    // ---- what nodes ask of other nodes

    Type typeOf(Node node) {
        return node instanceof Node.TypeName name
                ? name.type()
                : node.evaluate(new Evaluator(scope, true)).type();
    }

    boolean truth(int at, Node node) {
        Value value = require(at, node.evaluate(this));
        if (value.type().strip() instanceof StructType) {
            throw new Misstep(at, "a struct is neither true nor false");
        }
        return typesOnly || value.isTrue();
    }

    /** Bits of a scalar, or where a function or array is. */
    long asNumber(Node node) {
        return asNumber(require(node.at(), node.evaluate(this)));
    }

    /** 0 where only types are asked for: then nothing needs to be readable. */
    long asNumber(Value value) {
        return typesOnly
                        && value.address().isPresent()
                        && Types.isScalar(value.type().strip())
                ? 0
                : value.bits();
    }

    /** The value again; throws for void and for a symbol whose type nobody knows. */
    Value require(int at, Value value) {
        if (value.type().strip() instanceof VoidType) {
            throw new Misstep(at, "the value is void: a name that is neither a register nor set?");
        }
        if (value.type().equals(Types.UNTYPED_DATA)) {
            throw names.unknownType(at, value);
        }
        return value;
    }

    Value binary(int at, String operator, Value left, Value right) {
        if (operator.equals("@")) {
            return access.repeated(at, left, right);
        }
        return arithmetic.binary(at, operator, require(at, left), require(at, right));
    }

    // ---- assignment

    /** The left side of an assignment: a variable may be new. */
    Value valueFor(Node target) {
        if (target instanceof Node.Dollar dollar
                && scope.register(dollar.name()).isEmpty()) {
            if (!dollar.name().isEmpty()
                    && !Character.isLetter(dollar.name().charAt(0))
                    && dollar.name().charAt(0) != '_') {
                throw new Misstep(target.at(), "values of the history cannot be changed");
            }
            return scope.variable(dollar.name()).orElseGet(this::nothing).at(new Place.InVariable(dollar.name()));
        }
        return target.evaluate(this);
    }

    Value assign(int at, Value target, Value given) {
        Place place = target.place();
        if (place instanceof Place.InVariable variable) {
            Value kept = given.at(new Place.InVariable(variable.name()));
            if (!typesOnly) {
                kept.bytes();
                scope.define(variable.name(), kept);
            }
            return kept;
        }
        if (place instanceof Place.Nowhere) {
            throw new Misstep(at, "Left operand of assignment is not an lvalue.");
        }
        if (Types.isUntyped(target.type())) {
            throw names.unknownType(at, target);
        }
        Value value = conversions.cast(at, target.type(), require(at, given));
        if (!typesOnly) {
            store(place, value);
        }
        return value.at(place);
    }

    private void store(Place place, Value value) {
        if (place instanceof Place.InMemory memory) {
            scope.write(memory.address(), value.bytes());
        } else if (place instanceof Place.InRegister register) {
            BigInteger bits = value.type().strip() instanceof FloatType
                    ? Scalars.unsigned(value.bytes(), types().order())
                    : BigInteger.valueOf(value.bits());
            scope.writeRegister(register.name(), bits);
        } else if (place instanceof Place.BitsInMemory bits) {
            int length = (bits.bitOffset() + bits.bitSize() + 7) / 8;
            byte[] holder = scope.memory().read(bits.address(), length);
            scope.write(
                    bits.address(),
                    Scalars.withBitField(holder, bits.bitOffset(), bits.bitSize(), value.bits(), types().order()));
        }
    }

    Misstep noSymbol(int at, String name) {
        List<String> near = scope.closest(name);
        String hint = near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?";
        return new Misstep(at, "no symbol \"%s\"%s".formatted(name, hint), new SessionFailure.NoSymbol(name));
    }
}
