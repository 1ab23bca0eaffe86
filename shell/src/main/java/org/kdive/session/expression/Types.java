package org.kdive.session.expression;

import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.Function;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.IntNames;
import org.kdive.images.types.IntType;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;
import org.kdive.images.types.TypeTable;
import org.kdive.images.types.TypedefType;
import org.kdive.images.types.Variable;
import org.kdive.images.types.VoidType;

/** The types that expressions may name: C's own for the target, then the kernel's, looked into when C's do not do. Session thread. */
public final class Types {
    /** Values longer than this are not read as a whole. */
    static final int MOST_BYTES = 1 << 20;

    /** Of a function of which nothing but the address is known. */
    public static final Type UNTYPED_CODE = new IntType("<text variable, no debug info>", 0, false, false, false);
    /** Of a variable of which nothing but the address is known. */
    public static final Type UNTYPED_DATA = new IntType("<data variable, no debug info>", 0, false, false, false);

    private final ByteOrder order;
    private final int pointerBytes;
    private final Map<String, Type> builtIn = new HashMap<>();
    private final Supplier<Optional<TypeTable>> kernel;
    private final Map<String, Optional<EnumType>> enums = new HashMap<>(); // by constant, as asked so far

    /** @param kernel the kernel's own types; may take its time at the first call */
    public Types(Architecture architecture, Supplier<Optional<TypeTable>> kernel) {
        this.order = architecture.byteOrder();
        this.pointerBytes = architecture.pointerBytes();
        this.kernel = kernel;
        boolean plainCharIsSigned =
                architecture == Architecture.X86_64 || architecture == Architecture.X86_32; // by each psABI
        integer("char", 1, plainCharIsSigned);
        integer("signed char", 1, true);
        integer("unsigned char", 1, false);
        integer("short", 2, true);
        integer("unsigned short", 2, false);
        integer("int", 4, true);
        integer("unsigned int", 4, false);
        integer("long", pointerBytes, true);
        integer("unsigned long", pointerBytes, false);
        integer("long long", 8, true);
        integer("unsigned long long", 8, false);
        integer("__int128", 16, true);
        integer("unsigned __int128", 16, false);
        builtIn.put("_Bool", new IntType("_Bool", 1, false, true, false));
        builtIn.put("float", new FloatType("float", 4));
        builtIn.put("double", new FloatType("double", 8));
        builtIn.put("long double", new FloatType("long double", 16));
        builtIn.put("void", new VoidType());
    }

    private void integer(String name, int bytes, boolean signed) {
        builtIn.put(name, new IntType(name, bytes, signed, false, bytes == 1));
    }

    public ByteOrder order() {
        return order;
    }

    public int pointerBytes() {
        return pointerBytes;
    }

    /** One of C's own, by gdb's spelling of it. */
    public Type c(String name) {
        Type type = builtIn.get(name);
        if (type == null) {
            throw new IllegalArgumentException("no type of C's: " + name);
        }
        return type;
    }

    public PointerType pointerTo(Type target) {
        return new PointerType(TypeRef.to(target), pointerBytes);
    }

    ArrayType arrayOf(Type element, long count) {
        return new ArrayType(TypeRef.to(element), count);
    }

    /** So many bytes without a type of their own: a number where C has one so long, else an array of bytes. */
    public Type unsigned(long lengthBytes) {
        return switch ((int) Math.min(lengthBytes, Integer.MAX_VALUE)) {
            case 1 -> c("unsigned char");
            case 2 -> c("unsigned short");
            case 4 -> c("unsigned int");
            case 8 -> c("unsigned long long");
            default -> arrayOf(c("unsigned char"), lengthBytes);
        };
    }

    /** A function that nothing is known of but that it is one: what a program counter points to. */
    FunctionType anyFunction() {
        return new FunctionType(TypeRef.to(c("void")), List.of(), true);
    }

    /** {@code struct page}, {@code pid_t}, {@code long unsigned int}; also kdive's u8 to s64 where a kernel has none. */
    public Optional<Type> find(String name) {
        Type own = builtIn.get(IntNames.canonical(name));
        if (own != null) {
            return Optional.of(own);
        }
        Optional<Type> declared = kernel.get().flatMap(table -> table.findType(name));
        return declared.isPresent() ? declared : Optional.ofNullable(fixedWidth(name));
    }

    private @Nullable Type fixedWidth(String name) {
        String target = switch (name) {
            case "u8" -> "unsigned char";
            case "u16" -> "unsigned short";
            case "u32" -> "unsigned int";
            case "u64" -> "unsigned long long";
            case "s8" -> "signed char";
            case "s16" -> "short";
            case "s32" -> "int";
            case "s64" -> "long long";
            case "bool" -> "_Bool";
            default -> "";
        };
        return target.isEmpty() ? null : new TypedefType(name, TypeRef.to(c(target)));
    }

    /** The kernel's own, for those who list them; empty if it was built without. */
    public Optional<TypeTable> kernel() {
        return kernel.get();
    }

    Optional<FunctionType> function(String name) {
        return kernel.get().flatMap(table -> table.findFunction(name)).map(Function::type);
    }

    Optional<Variable> variable(String name) {
        return kernel.get().flatMap(table -> table.findVariable(name));
    }

    Optional<EnumType> enumOf(String constant) {
        return enums.computeIfAbsent(constant, name -> kernel.get().flatMap(table -> table.findEnumOf(name)));
    }

    public static boolean isUntyped(Type type) {
        return type.equals(UNTYPED_CODE) || type.equals(UNTYPED_DATA);
    }

    public static boolean isFunction(Type bare) {
        return bare instanceof FunctionType || bare.equals(UNTYPED_CODE);
    }

    /** Integers, characters, booleans and enums. */
    static boolean isIntegral(Type bare) {
        return bare instanceof IntType && !isUntyped(bare) || bare instanceof EnumType;
    }

    static boolean isNumber(Type bare) {
        return isIntegral(bare) || bare instanceof FloatType;
    }

    static boolean isScalar(Type bare) {
        return isNumber(bare) || bare instanceof PointerType;
    }

    static Optional<StructType> struct(Type type) {
        return type.strip() instanceof StructType struct ? Optional.of(struct) : Optional.empty();
    }
}
