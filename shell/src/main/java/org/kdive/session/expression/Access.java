package org.kdive.session.expression;

import java.util.Arrays;
import java.util.Optional;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;
import org.kdive.session.SessionFailure;

/** {@code * & . -> [] @}: from one value to another that is near it or that it points to. */
final class Access {
    private final Evaluator in;

    Access(Evaluator in) {
        this.in = in;
    }

    /** An integer counts as the address of a {@code long}, as in gdb. */
    Value pointedTo(int at, Value value) {
        Type bare = in.require(at, value).type().strip();
        if (Types.isFunction(bare)) {
            return value;
        }
        if (bare instanceof ArrayType) {
            return pointedTo(at, decayed(at, value));
        }
        if (bare instanceof PointerType pointer) {
            Type target = pointer.target().type();
            if (target.strip() instanceof VoidType) {
                throw new Misstep(at, "Attempt to take contents of a non-pointer value.");
            }
            return in.memory(target, in.asNumber(value));
        }
        if (bare instanceof IntType) {
            return in.memory(in.types().c("long"), in.asNumber(value));
        }
        throw new Misstep(at, "Attempt to take contents of a non-pointer value.");
    }

    Value addressOf(int at, Value value) {
        if (value.place() instanceof Place.BitsInMemory) {
            throw new Misstep(at, "Attempt to take the address of a bit-field.");
        }
        return in.number(in.types().pointerTo(value.type()), address(at, value));
    }

    private static long address(int at, Value value) {
        return value.address()
                .orElseThrow(() -> new Misstep(at, "Attempt to take address of value not located in memory."));
    }

    /** What C makes of an array or a function where a pointer is wanted; others stay as they are. */
    Value decayed(int at, Value value) {
        Type bare = value.type().strip();
        if (bare instanceof ArrayType array) {
            return in.number(in.types().pointerTo(array.element().type()), address(at, value));
        }
        if (Types.isFunction(bare)) {
            return in.number(in.types().pointerTo(value.type()), address(at, value));
        }
        return value;
    }

    // ---- members

    Value member(int at, Value object, String name) {
        Value whole = in.require(at, object);
        if (whole.type().strip() instanceof PointerType || whole.type().strip() instanceof ArrayType) {
            whole = pointedTo(at, whole);
        }
        StructType struct = Types.struct(whole.type())
                .orElseThrow(
                        () -> new Misstep(at, "Attempt to extract a component of a value that is not a structure."));
        Member member = struct.findMember(name).orElseThrow(() -> noMember(at, struct, name));
        return member(whole, member);
    }

    private static Misstep noMember(int at, StructType struct, String name) {
        Optional<String> near = Spelling.nearest(name, struct.memberNames());
        return new Misstep(
                at,
                "There is no member named %s.%s"
                        .formatted(
                                name, near.map(" Did you mean %s?"::formatted).orElse("")),
                new SessionFailure.NoSymbol(name));
    }

    Value member(Value whole, Member member) {
        Type type = member.type().type();
        if (member.isBitField()) {
            return bitField(whole, member, type);
        }
        if (whole.address().isPresent()) {
            return in.memory(type, whole.address().getAsLong() + member.byteOffset());
        }
        return part(whole, type, member.byteOffset());
    }

    private Value bitField(Value whole, Member member, Type type) {
        int bitOffset = (int) (member.bitOffset() & 7);
        int holderBytes = (bitOffset + member.bitSize() + 7) / 8;
        Value holder = whole.address().isPresent()
                ? in.memory(bytesType(holderBytes), whole.address().getAsLong() + member.byteOffset())
                : part(whole, bytesType(holderBytes), member.byteOffset());
        Place place = holder.place() instanceof Place.InMemory memory
                ? new Place.BitsInMemory(memory.address(), bitOffset, member.bitSize())
                : new Place.Nowhere();
        boolean signed = in.number(type, 0).signed();
        return Value.bits(
                type,
                place,
                whole.order(),
                () -> Scalars.bitField(
                        holder.bytes(), bitOffset, member.bitSize(), (int) type.sizeBytes(), signed, whole.order()));
    }

    private Type bytesType(int count) {
        return in.types().arrayOf(in.types().c("unsigned char"), count);
    }

    private Value part(Value whole, Type type, long offset) {
        byte[] bytes = whole.bytes();
        long end = offset + type.sizeBytes();
        if (offset < 0 || end > bytes.length) {
            throw new Misstep(0, "a part of the value lies outside of it");
        }
        byte[] own = Arrays.copyOfRange(bytes, (int) offset, (int) end);
        return Value.of(type, own, new Place.Nowhere(), whole.order());
    }

    // ---- arrays

    Value element(int at, Value array, Value index) {
        Type bare = in.require(at, array).type().strip();
        if (bare instanceof ArrayType type && array.address().isEmpty()) {
            Type element = type.element().type();
            long number = in.asNumber(in.require(at, index));
            if (number < 0 || number >= type.count()) {
                throw new Misstep(at, "no such vector element");
            }
            return part(array, element, number * element.sizeBytes());
        }
        if (!(bare instanceof ArrayType || bare instanceof PointerType)) {
            throw new Misstep(
                    at,
                    "cannot subscript something of type `%s'"
                            .formatted(array.type().cName()));
        }
        return pointedTo(at, in.binary(at, "+", decayed(at, array), index));
    }

    Value repeated(int at, Value first, Value count) {
        in.require(at, first);
        long number = in.asNumber(in.require(at, count));
        if (first.address().isEmpty()) {
            throw new Misstep(at, "Only values in memory can be extended with '@'.");
        }
        if (number < 1 || number > Integer.MAX_VALUE) {
            throw new Misstep(at, "Invalid number %d of repetitions.".formatted(number));
        }
        return in.memory(
                in.types().arrayOf(first.type(), number), first.address().getAsLong());
    }
}
