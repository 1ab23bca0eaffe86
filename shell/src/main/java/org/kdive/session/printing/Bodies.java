package org.kdive.session.printing;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.LongFunction;
import org.kdive.images.Memory;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.Member;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Types;

/** One value, from the outside in, into one text. */
final class Bodies {
    /** A text longer than this helps nobody; nested arrays of structs can get there. */
    private static final int MOST_CHARACTERS = 4 << 20;

    private final Memory memory;
    private final LongFunction<Optional<String>> symbols;
    private final PrintOptions options;
    private final ByteOrder order;
    private final char format;
    private final StringBuilder out = new StringBuilder();

    Bodies(Memory memory, LongFunction<Optional<String>> symbols, PrintOptions options, ByteOrder order, char format) {
        this.memory = memory;
        this.symbols = symbols;
        this.options = options;
        this.order = order;
        this.format = format;
    }

    String text() {
        return out.toString();
    }

    void value(Type type, Piece piece, int depth) {
        Type bare = type.strip();
        if (out.length() > MOST_CHARACTERS) {
            out.append("...");
        } else if (bare instanceof StructType struct) {
            struct(struct, piece, depth);
        } else if (bare instanceof ArrayType array) {
            array(array, piece, depth);
        } else if (Types.isUntyped(bare)) {
            out.append("<error: '%s' has unknown type>".formatted(type.cName()));
        } else {
            scalar(bare, piece.take(bare.sizeBytes()));
        }
    }

    // ---- structs

    private void struct(StructType struct, Piece piece, int depth) {
        if (struct.members().isEmpty()) {
            out.append("{<No data fields>}");
            return;
        }
        if (depth >= options.maxDepth()) {
            out.append("{...}");
            return;
        }
        out.append('{');
        boolean first = true;
        for (Member member : struct.members()) {
            if (!first) {
                out.append(options.pretty() ? "," : ", ");
            }
            first = false;
            newLine(2 + 2 * depth);
            if (!member.name().isEmpty()) {
                out.append(member.name()).append(" = ");
            }
            member(member, piece, depth);
        }
        newLine(2 * depth);
        out.append('}');
    }

    private void newLine(int indent) {
        if (options.pretty()) {
            out.append('\n').append(" ".repeat(indent));
        }
    }

    private void member(Member member, Piece piece, int depth) {
        Type type = member.type().type();
        if (!member.isBitField()) {
            value(type, piece.at(member.byteOffset()), depth + 1);
            return;
        }
        byte[] holder = piece.at(member.byteOffset()).take(9);
        scalar(type.strip(), Integers.bitField(holder, (int) member.bitOffset() & 7, member.bitSize(), type, order));
    }

    // ---- arrays

    private void array(ArrayType array, Piece piece, int depth) {
        Type element = array.element().type();
        long elementBytes = element.sizeBytes();
        if (array.count() == 0 || elementBytes == 0) {
            pointer(element, piece.address()); // of no known length: gdb shows where it is
            return;
        }
        if (isTextual(element)) {
            Texts.array(piece.take(array.count()), options, out);
            return;
        }
        out.append('{');
        elements(array, piece, depth);
        out.append('}');
    }

    private void elements(ArrayType array, Piece piece, int depth) {
        Type element = array.element().type();
        long size = element.sizeBytes();
        int shown = 0;
        long at = 0;
        while (at < array.count() && shown < options.elements()) {
            if (at > 0) {
                out.append(", ");
            }
            Piece here = piece.at(at * size);
            long equal = 1;
            while (at + equal < array.count() && here.equalTo(piece.at((at + equal) * size), size)) {
                equal++;
            }
            value(element, here, depth + 1);
            if (equal > options.repeats()) {
                out.append(" <repeats %d times>".formatted(equal));
                at += equal;
                shown += options.repeats();
            } else {
                at++;
                shown++;
            }
        }
        if (at < array.count()) {
            out.append("...");
        }
    }

    /** Characters, unless a format asks for numbers. */
    private boolean isTextual(Type type) {
        return (format == ' ' || format == 's') && type.strip() instanceof IntType integer && integer.isChar();
    }

    // ---- scalars

    private void scalar(Type bare, byte[] bytes) {
        if (format != ' ' && format != 's') {
            out.append(Formats.number(format, bytes, bare, order, this::symbol));
        } else if (bare instanceof PointerType pointer) {
            pointer(pointer.target().type(), Integers.bits(bytes, false, order));
        } else if (bare instanceof EnumType constants) {
            out.append(Enums.text(constants, Integers.bits(bytes, constants.isSigned(), order)));
        } else if (bare instanceof FloatType) {
            out.append(Formats.real(bytes, order));
        } else if (bare instanceof IntType integer) {
            out.append(integer(integer, bytes));
        } else {
            out.append("<incomplete type>");
        }
    }

    private String integer(IntType type, byte[] bytes) {
        if (type.isChar()) {
            long bits = Integers.bits(bytes, type.isSigned(), order);
            return bits + " '" + Texts.character((byte) bits, '\'') + "'";
        }
        if (type.isBool()) {
            long bits = Integers.bits(bytes, false, order);
            return bits == 0 ? "false" : bits == 1 ? "true" : Long.toString(bits);
        }
        return Integers.decimal(bytes, type.isSigned(), order);
    }

    private void pointer(Type target, long address) {
        out.append(address(address));
        if (address != 0 && isTextual(target)) {
            out.append(' ');
            Texts.atAddress(memory, address, options, out);
        }
    }

    /** In hex, with its symbol. */
    String address(long address) {
        return "0x" + Long.toHexString(address) + (options.symbols() ? symbol(address) : "");
    }

    private String symbol(long address) {
        return symbols.apply(address).map(name -> " <" + name + ">").orElse("");
    }
}
