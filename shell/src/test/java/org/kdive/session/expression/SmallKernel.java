package org.kdive.session.expression;

import static org.kdive.session.expression.KernelTypes.bits;
import static org.kdive.session.expression.KernelTypes.member;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Parameter;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;

/**
 * One page of a guest with two tasks in it, and the types to look at them:
 * <pre>
 *     BASE + 0x000  init_task    pid 1, "swapper", tasks -> second
 *     BASE + 0x100  (second)     pid 42, "bash"
 *     BASE + 0x200  linux_banner, 0x240 mystery, 0x300 __per_cpu_offset, 0x400 the two CPUs' areas
 * </pre>
 */
public final class SmallKernel implements Scope {
    public static final long BASE = 0xffffffff82a00000L;
    public static final long TEXT = 0xffffffff81000000L;
    static final long SECOND = BASE + 0x100;

    public final byte[] ram = new byte[0x1000];
    final Map<String, BigInteger> registers =
            new HashMap<>(Map.of("rip", BigInteger.valueOf(TEXT + 4), "rax", BigInteger.valueOf(7)));
    private final ByteBuffer view = ByteBuffer.wrap(ram).order(ByteOrder.LITTLE_ENDIAN);
    private final KernelTypes kernel = new KernelTypes();
    private final Types types = new Types(Architecture.X86_64, () -> Optional.of(kernel));
    private final Map<String, Symbol> symbols = new HashMap<>();
    private final Map<String, Value> variables = new HashMap<>();
    int written;

    public SmallKernel() {
        declare();
        Type task = kernel.findType("struct task_struct").orElseThrow();
        kernel.function("start_kernel", new FunctionType(TypeRef.to(types.c("void")), List.of(), false));
        kernel.function(
                "wake",
                new FunctionType(
                        TypeRef.to(types.c("int")),
                        List.of(new Parameter("p", TypeRef.to(types.pointerTo(task)))),
                        false));
        kernel.perCpu("runs", types.c("unsigned int"), 0x10);
        symbol("start_kernel", TEXT, 0x100, 'T');
        symbol("wake", TEXT + 0x100, 0x100, 'T');
        symbol("untyped_code", TEXT + 0x200, 0x100, 't');
        symbol("init_task", BASE, 0x100, 'D');
        symbol("linux_banner", BASE + 0x200, 0x40, 'R');
        symbol("mystery", BASE + 0x240, 8, 'd');
        symbol("__per_cpu_offset", BASE + 0x300, 16, 'D');
        symbol("runs", 0x10, 4, 'A');
        symbol("current_task", 0x18, 8, 'A');
        fill();
    }

    private void declare() {
        TypeRef list = kernel.named("struct list_head");
        TypeRef next = TypeRef.to(types.pointerTo(new StructTag("list_head").of(kernel)));
        kernel.type(
                "struct list_head",
                new StructType("list_head", false, 16, List.of(member("next", next, 0), member("prev", next, 8))));
        EnumType state = new EnumType(
                "state",
                4,
                false,
                List.of(new Enumerator("RUNNING", 0), new Enumerator("SLEEPING", 1), new Enumerator("DEAD", 2)));
        EnumType flags = new EnumType(
                "flags",
                4,
                false,
                List.of(new Enumerator("F_A", 1), new Enumerator("F_B", 2), new Enumerator("F_C", 8)));
        kernel.type("enum state", state).type("enum flags", flags);
        kernel.typedef("pid_t", types.c("int")).typedef("u8", types.c("unsigned char"));
        IntType unsigned = (IntType) types.c("unsigned int");
        StructType nameless = new StructType(
                "",
                true,
                8,
                List.of(
                        member("stack", TypeRef.to(types.pointerTo(types.c("void"))), 0),
                        member("stack_word", TypeRef.to(types.c("unsigned long")), 0)));
        kernel.type(
                "struct task_struct",
                new StructType(
                        "task_struct",
                        false,
                        0x80,
                        List.of(
                                member("state", TypeRef.to(state), 0),
                                member("flags", TypeRef.to(flags), 4),
                                member("tasks", list, 8),
                                member("pid", kernel.named("pid_t"), 24),
                                bits("in_exec", unsigned, 28 * 8, 1),
                                bits("prio", types.c("int"), 28 * 8 + 1, 5),
                                member("comm", TypeRef.to(types.arrayOf(types.c("char"), 16)), 32),
                                member("", TypeRef.to(nameless), 48),
                                member("fn", TypeRef.to(types.pointerTo(types.anyFunction())), 56),
                                member("counts", TypeRef.to(types.arrayOf(types.c("short"), 4)), 64),
                                member("load", TypeRef.to(types.c("double")), 72),
                                member("title", TypeRef.to(types.pointerTo(types.c("char"))), 80))));
    }

    /** A struct that is not there yet. */
    private record StructTag(String tag) {
        Type of(KernelTypes kernel) {
            return new org.kdive.images.types.QualifiedType(
                    org.kdive.images.types.QualifiedType.Qualifier.TAG, "", kernel.named("struct " + tag));
        }
    }

    private void fill() {
        task(0, 0, 0xb, BASE + 0x108, 1, "swapper", 0);
        view.put(28, (byte) 0b100011); // in_exec 1, prio -15
        task(0x100, 1, 0, BASE + 8, 42, "bash", BASE + 0x200);
        text(0x200, "Linux version 6.1");
        view.putLong(0x240, 99);
        view.putLong(0x300, BASE + 0x400).putLong(0x308, BASE + 0x500);
        view.putInt(0x410, 11).putLong(0x418, BASE);
        view.putInt(0x510, 22).putLong(0x518, SECOND);
    }

    private void task(int at, int state, int flags, long next, int pid, String comm, long title) {
        view.putInt(at, state).putInt(at + 4, flags).putLong(at + 8, next).putLong(at + 16, next);
        view.putInt(at + 24, pid);
        text(at + 32, comm);
        view.putLong(at + 48, 0x1000).putLong(at + 56, TEXT + 0x100);
        view.putShort(at + 64, (short) -1).putShort(at + 66, (short) 2);
        view.putDouble(at + 72, 1.5).putLong(at + 80, title);
    }

    private void text(int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, ram, at, bytes.length);
    }

    private void symbol(String name, long address, long size, char type) {
        symbols.put(name, new Symbol(name, address, size, type));
    }

    public Value evaluate(String text) {
        return Expression.parse(text, types).evaluate(this);
    }

    public Optional<String> describe(long address) {
        return symbols.values().stream()
                .filter(symbol -> !symbol.isAbsolute())
                .filter(symbol -> Long.compareUnsigned(address - symbol.address(), symbol.sizeBytes()) < 0)
                .map(symbol -> symbol.name() + (address == symbol.address() ? "" : "+" + (address - symbol.address())))
                .findFirst();
    }

    @Override
    public Types types() {
        return types;
    }

    @Override
    public Architecture architecture() {
        return Architecture.X86_64;
    }

    @Override
    public Memory memory() {
        return (address, length) -> {
            long from = address - BASE;
            if (from < 0 || from + length > ram.length) {
                throw ImageException.memoryFault(from < 0 ? address : Math.max(address, BASE + ram.length));
            }
            return Arrays.copyOfRange(ram, (int) from, (int) from + length);
        };
    }

    @Override
    public void write(long address, byte[] bytes) {
        written++;
        System.arraycopy(bytes, 0, ram, (int) (address - BASE), bytes.length);
    }

    @Override
    public Optional<Value> register(String name) {
        Type type = name.equals("rip") ? types.pointerTo(types.anyFunction()) : types.c("long");
        return Optional.ofNullable(registers.get(name))
                .map(bits -> Value.of(type, bits.longValue(), types.order()).at(new Place.InRegister(name)));
    }

    @Override
    public void writeRegister(String name, BigInteger bits) {
        registers.put(name, bits);
    }

    @Override
    public Optional<Value> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    @Override
    public void define(String name, Value value) {
        variables.put(name, value);
    }

    @Override
    public int lastNumber() {
        return (int) variables.keySet().stream()
                .filter(name -> Character.isDigit(name.charAt(0)))
                .count();
    }

    @Override
    public Optional<Symbol> symbol(String name) {
        return Optional.ofNullable(symbols.get(name));
    }

    @Override
    public Optional<String> symbolAt(long address) {
        return symbols.values().stream()
                .filter(symbol -> symbol.address() == address)
                .map(Symbol::name)
                .findFirst();
    }

    @Override
    public List<String> closest(String name) {
        return symbols.keySet().stream()
                .filter(each -> each.startsWith(name.substring(0, 1)))
                .sorted()
                .limit(3)
                .toList();
    }

    @Override
    public int cpu() {
        return 1;
    }
}
