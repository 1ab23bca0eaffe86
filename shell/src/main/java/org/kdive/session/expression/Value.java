package org.kdive.session.expression;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** A C value of the target: a type, where it is, and its bytes, which are read when they are first asked for. Session thread. */
public final class Value {
    private final Type type;
    private final Place place;
    private final ByteOrder order;
    private final Supplier<byte[]> reader;
    private byte @Nullable [] bytes; // null until they are asked for

    private Value(Type type, Place place, ByteOrder order, Supplier<byte[]> reader) {
        this.type = type;
        this.place = place;
        this.order = order;
        this.reader = reader;
    }

    /** What is in memory at a run-time address. */
    public static Value inMemory(Type type, long address, Memory memory, ByteOrder order) {
        int length = (int) Math.min(type.sizeBytes(), Integer.MAX_VALUE);
        return new Value(
                type,
                new Place.InMemory(address),
                order,
                () -> length == 0 ? new byte[0] : memory.read(address, length));
    }

    /** Bytes that are there already, in the target's order. */
    public static Value of(Type type, byte[] bytes, Place place, ByteOrder order) {
        byte[] kept = bytes.clone();
        return new Value(type, place, order, () -> kept);
    }

    /** A number, cut to the width of its type. */
    public static Value of(Type type, long bits, ByteOrder order) {
        return of(type, Scalars.bytes(bits, (int) type.sizeBytes(), order), new Place.Nowhere(), order);
    }

    /** A bit-field of bytes to come. */
    static Value bits(Type type, Place place, ByteOrder order, Supplier<byte[]> reader) {
        return new Value(type, place, order, reader);
    }

    public Type type() {
        return type;
    }

    public Place place() {
        return place;
    }

    public ByteOrder order() {
        return order;
    }

    /** Empty for what is not in memory. */
    public OptionalLong address() {
        return place instanceof Place.InMemory memory ? OptionalLong.of(memory.address()) : OptionalLong.empty();
    }

    /** The same bytes with another name on them: for what is kept or was found in a register. */
    Value at(Place other) {
        return new Value(type, other, order, this::bytes);
    }

    /** In the target's order; read now if they were not. Throws Unreadable. */
    public byte[] bytes() {
        byte[] known = bytes;
        if (known == null) {
            known = read();
            bytes = known;
        }
        return known.clone();
    }

    private byte[] read() {
        if (type.sizeBytes() > Types.MOST_BYTES) {
            throw new SessionException(
                    "value requires %d bytes, which is more than %d".formatted(type.sizeBytes(), Types.MOST_BYTES),
                    new SessionFailure.Unsupported("huge values"));
        }
        try {
            return reader.get();
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault fault) {
                throw unreadable(fault.address(), e);
            }
            throw e;
        }
    }

    /** As gdb says it. */
    public static SessionException unreadable(long address, @Nullable Throwable cause) {
        // a device says so, and how it can be read all the same
        String why = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
        return new SessionException(
                why.contains("is a device")
                        ? "Cannot access memory: " + why
                        : "Cannot access memory at address 0x%x".formatted(address),
                new SessionFailure.Unreadable(address),
                cause);
    }

    /**
     * A number as 64 bits, sign- or zero-extended; of an array, a function, a struct or a symbol without a type, where it is.
     * Throws Unreadable, and Usage for what is neither.
     */
    public long bits() {
        Type bare = type.strip();
        if (isPlace(bare) && address().isPresent()) {
            return address().getAsLong();
        }
        if (bare instanceof FloatType) {
            return (long) real();
        }
        if (bare instanceof VoidType) {
            throw new SessionException("the value is void", new SessionFailure.Usage("EXPRESSION"));
        }
        if (isPlace(bare)) {
            throw new SessionException("the value is no number", new SessionFailure.Usage("EXPRESSION"));
        }
        return Scalars.bits(bytes(), order, signed());
    }

    private static boolean isPlace(Type bare) {
        return bare instanceof ArrayType
                || bare instanceof StructType
                || bare instanceof FunctionType
                || Types.isUntyped(bare);
    }

    /** A floating-point number; an integer is converted. */
    public double real() {
        if (type.strip() instanceof FloatType) {
            return Scalars.real(bytes(), order);
        }
        return signed() ? (double) bits() : new BigInteger(Long.toUnsignedString(bits())).doubleValue();
    }

    /** What C takes it for in a condition. */
    public boolean isTrue() {
        if (type.strip() instanceof StructType) {
            throw new SessionException("a struct is neither true nor false", new SessionFailure.Usage("EXPRESSION"));
        }
        return type.strip() instanceof FloatType ? real() != 0 : bits() != 0;
    }

    public boolean signed() {
        Type bare = type.strip();
        return bare instanceof IntType integer && integer.isSigned()
                || bare instanceof EnumType constants && constants.isSigned()
                || bare instanceof FloatType;
    }

    /** Of an integer in decimal, of a floating-point number as C writes it. */
    public String decimal() {
        if (type.strip() instanceof FloatType) {
            return Scalars.realText(real(), (int) type.sizeBytes());
        }
        return signed() ? Long.toString(bits()) : Long.toUnsignedString(bits());
    }
}
