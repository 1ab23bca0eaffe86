package org.kdive.session.printing;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.kdive.images.Memory;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.QualifiedType;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/** Values as gdb 13's {@code print} writes them. Bounded on any type and any bytes. */
public final class ValuePrinter {
    private final Memory memory;
    private final LongFunction<Optional<String>> symbols;
    private final PrintOptions options;

    /**
     * @param memory what pointers to characters point into
     * @param symbols the name of an address with its offset, as {@code init_task+16}; empty if no symbol holds it
     */
    public ValuePrinter(Memory memory, LongFunction<Optional<String>> symbols, PrintOptions options) {
        this.memory = memory;
        this.symbols = symbols;
        this.options = options;
    }

    /**
     * What stands behind {@code $1 = }: pointers and functions with their types, structs over several lines.
     *
     * @param format one of gdb's letters, or a space for none. Throws Unreadable, and Usage for a letter that is none.
     */
    public String print(Value value, char format) {
        Formats.check(format);
        Type bare = value.type().strip();
        if (bare instanceof VoidType) {
            return "void";
        }
        boolean isPlain = format == ' ' || format == 's';
        if (Types.isFunction(bare) && value.address().isPresent()) {
            long address = value.address().getAsLong();
            String type = bare.equals(Types.UNTYPED_CODE)
                    ? bare.cName()
                    : value.type().cName();
            return isPlain ? "{" + type + "} " + located(address) : scalar(address, format);
        }
        String text = inner(value, format);
        return isPlain && bare instanceof PointerType pointer && !isText(pointer)
                ? "(%s) %s".formatted(value.type().cName(), text)
                : text;
    }

    // gdb leaves out the type of a pointer to plain char, however qualified
    private static boolean isText(PointerType pointer) {
        Type target = pointer.target().type();
        for (int i = 0; i < Type.DEEPEST && target instanceof QualifiedType qualified; i++) {
            target = qualified.target().type();
        }
        return target.cName().equals("char");
    }

    private String scalar(long address, char format) {
        return new Bodies(memory, symbols, options, java.nio.ByteOrder.LITTLE_ENDIAN, format).address(address);
    }

    private String located(long address) {
        return "0x%x%s"
                .formatted(
                        address, symbols.apply(address).map(" <%s>"::formatted).orElse(""));
    }

    private String inner(Value value, char format) {
        Bodies bodies = new Bodies(memory, symbols, options, value.order(), format);
        OptionalLong address = value.address();
        if (value.type().strip() instanceof ArrayType && value.type().sizeBytes() == 0 && address.isEmpty()) {
            return "{}";
        }
        bodies.value(value.type(), new Piece(value.bytes(), 0, address.orElse(0)), 0);
        return bodies.text();
    }
}
