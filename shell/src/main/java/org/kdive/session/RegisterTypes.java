package org.kdive.session;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.Register;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;
import org.kdive.session.expression.Place;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/** Registers as C values: the types of the GDB manual, "Predefined Target Types". */
final class RegisterTypes {
    private static final Pattern INTEGER = Pattern.compile("(u?)int(\\d+)");
    // parts of the 64-bit registers by their old names: eax ax al, r8d r8w r8l
    private static final Pattern OLD_NAME = Pattern.compile("(e?)([abcd]x|[sd]i|[bs]p)");
    private static final Pattern OLD_BYTE = Pattern.compile("([abcd])([lh])");
    private static final Pattern NUMBERED = Pattern.compile("(r(?:[89]|1[0-5]))([dwl])");
    private static final Map<String, Integer> WIDTHS = Map.of("d", 4, "w", 2, "l", 1);

    private final Types types;

    RegisterTypes(Types types) {
        this.types = types;
    }

    Type codePointer() {
        return types.pointerTo(new FunctionType(TypeRef.to(types.c("void")), List.of(), true));
    }

    Value value(Register register, String askedFor, BigInteger bits) {
        Type type = type(register, askedFor);
        return of(type, bits);
    }

    private Value of(Type type, BigInteger bits) {
        byte[] big = bits.toByteArray();
        byte[] bytes = new byte[(int) type.sizeBytes()];
        boolean little = types.order() == java.nio.ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < Math.min(bytes.length, big.length); i++) {
            bytes[little ? i : bytes.length - 1 - i] = big[big.length - 1 - i];
        }
        return Value.of(type, bytes, new Place.Nowhere(), types.order());
    }

    private Type type(Register register, String askedFor) {
        boolean isPointerWide = register.sizeBytes() == types.pointerBytes();
        if (isPointerWide && (askedFor.equals("sp") || askedFor.equals("fp"))) {
            return types.pointerTo(types.c("void"));
        }
        Matcher integer = INTEGER.matcher(register.type());
        if (integer.matches() && register.sizeBytes() <= 16) {
            boolean signed = integer.group(1).isEmpty();
            return new IntType(register.type() + "_t", register.sizeBytes(), signed, false, false);
        }
        return switch (register.type()) {
            case "code_ptr" -> isPointerWide ? codePointer() : plain(register);
            case "data_ptr" -> isPointerWide ? types.pointerTo(types.c("void")) : plain(register);
            case "ieee_single", "ieee_double", "i387_ext", "float" ->
                new FloatType(register.type(), register.sizeBytes());
            case "vec128", "v4f" -> vector(register);
            default -> plain(register);
        };
    }

    private Type plain(Register register) {
        int bytes = register.sizeBytes();
        if (bytes > 8) {
            return array("uint8_t", 1, false, bytes);
        }
        // flags are unsigned, what is called "int" is C's
        return register.type().equals("int")
                ? new IntType(bytes > 4 ? "long" : "int", bytes, true, false, false)
                : new IntType(register.type(), bytes, false, false, false);
    }

    // as the standard features call the views of a vector register
    private static Type vector(Register register) {
        int bytes = register.sizeBytes();
        List<Member> views = List.of(
                view("v4_float", new ArrayType(TypeRef.to(new FloatType("float", 4)), bytes / 4)),
                view("v2_double", new ArrayType(TypeRef.to(new FloatType("double", 8)), bytes / 8)),
                view("v16_int8", array("int8_t", 1, true, bytes)),
                view("v8_int16", array("int16_t", 2, true, bytes / 2)),
                view("v4_int32", array("int32_t", 4, true, bytes / 4)),
                view("v2_int64", array("int64_t", 8, true, bytes / 8)),
                view("uint128", new IntType("uint128_t", 16, false, false, false)));
        return new StructType(register.type(), true, bytes, views);
    }

    private static Member view(String name, Type type) {
        return new Member(name, TypeRef.to(type), 0, 0);
    }

    private static ArrayType array(String element, int bytes, boolean signed, int count) {
        return new ArrayType(TypeRef.to(new IntType(element, bytes, signed, false, false)), count);
    }

    /** {@code $eax} of a target that has {@code rax}: the low half, which cannot be assigned to. */
    Optional<Value> part(String name, Function<String, Optional<BigInteger>> whole) {
        Matcher old = OLD_NAME.matcher(name);
        if (old.matches()) {
            return part(whole, "r" + old.group(2), 0, old.group(1).isEmpty() ? 2 : 4);
        }
        Matcher low = OLD_BYTE.matcher(name);
        if (low.matches()) {
            return part(whole, "r" + low.group(1) + "x", low.group(2).equals("h") ? 8 : 0, 1);
        }
        Matcher numbered = NUMBERED.matcher(name);
        return numbered.matches()
                ? part(whole, numbered.group(1), 0, WIDTHS.getOrDefault(numbered.group(2), 8))
                : Optional.empty();
    }

    private Optional<Value> part(Function<String, Optional<BigInteger>> whole, String register, int shift, int bytes) {
        Type type = new IntType("int" + 8 * bytes + "_t", bytes, true, false, false);
        return whole.apply(register).map(bits -> of(type, bits.shiftRight(shift)));
    }
}
