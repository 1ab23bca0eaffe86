package org.kdive.images.types;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Types as C source, in the words and the layout of gdb's {@code whatis} and {@code ptype}. Bounded on any type. */
public final class CPrinter {
    /** Types in one declaration; the kernel's longest prototype has some thirty. Hostile ones loop. */
    private static final int MOST_NODES = 512;

    private static final String INDENT = "    ";

    private int nodes;
    private int depth;

    private CPrinter() {}

    /** {@code struct list_head *}, {@code int (*)(void *)}, {@code char [16]}. */
    public static String name(Type type) {
        return declaration(type, "");
    }

    /** {@code int (*handler)(void *)}. */
    public static String declaration(Type type, String variable) {
        return new CPrinter().declare(type, variable);
    }

    /**
     * What gdb says of it after {@code type = }: typedefs resolved, the members of a struct a line each, those
     * of a struct without a name inside it too.
     */
    public static List<String> describe(Type type) {
        List<String> lines = new ArrayList<>();
        Type whole = resolved(type);
        Type base = innermost(whole);
        String name = name(base);
        String all = name(whole);
        Type opened = untagged(base) instanceof TypedefType typedef ? requalified(base, resolved(typedef)) : base;
        boolean derives = untagged(opened) instanceof StructType && all.startsWith(name);
        new CPrinter().body(derives ? opened : whole, "", "", 1, lines);
        if (derives) {
            int last = lines.size() - 1;
            lines.set(last, lines.get(last) + all.substring(name.length()));
        }
        return lines;
    }

    private static Type requalified(Type qualifiers, Type bare) {
        return qualifiers instanceof QualifiedType qualified
                ? new QualifiedType(qualified.qualifier(), qualified.tag(), TypeRef.to(bare))
                : bare;
    }

    /** What pointers point to in the end, arrays consist of and functions return. */
    private static Type innermost(Type type) {
        Type at = type;
        for (int i = 0; i < Type.DEEPEST; i++) {
            Type bare = untagged(at);
            if (bare instanceof PointerType pointer) {
                at = pointer.target().type();
            } else if (bare instanceof ArrayType array) {
                at = array.element().type();
            } else if (bare instanceof FunctionType function) {
                at = function.result().type();
            } else {
                return at;
            }
        }
        return type;
    }

    /** What gdb says with {@code /o}: offsets, sizes and holes before each member, structs inside structs opened. */
    public static List<String> layout(Type type) {
        return resolved(type) instanceof StructType struct ? LayoutPrinter.print(struct) : describe(type);
    }

    /** The whole answer of gdb's command of that name, with or without its /o: the column of offsets stands before {@code type = }. */
    public static List<String> ptype(Type type, boolean offsets) {
        List<String> lines = new ArrayList<>(offsets ? layout(type) : describe(type));
        String head = lines.get(0);
        String column = head.startsWith("/*") ? head.substring(0, head.indexOf("*/") + 2) + "  " : "";
        lines.set(0, column + "type = " + head.substring(column.length()));
        return lines;
    }

    /** gdb resolves the typedefs of what it is asked for and keeps those of its parts. */
    private static Type resolved(Type type) {
        Type at = type;
        for (int i = 0; i < Type.DEEPEST && at instanceof TypedefType typedef; i++) {
            at = typedef.target().type();
        }
        return at;
    }

    // ---- a body in lines

    private void body(Type type, String indent, String variable, int show, List<String> lines) {
        Type bare = untagged(type);
        String name = variable.isEmpty() ? "" : " " + variable;
        if (bare instanceof StructType struct && (show > 0 || (struct.name().isEmpty() && show == 0))) {
            lines.add(indent + qualifiers(type) + head(struct) + " {");
            if (struct.members().isEmpty()) {
                lines.add(indent + INDENT + "<no data fields>");
            }
            for (Member member : struct.members()) {
                memberLines(member, indent + INDENT, show - 1, lines);
            }
            lines.add(indent + "}" + name);
        } else if (bare instanceof EnumType constants) {
            lines.add(indent + qualifiers(type) + enumText(constants, show) + name);
        } else {
            lines.add(indent + declare(type, variable));
        }
    }

    /** A member that is not opened, with the constants of an enum that has no name. */
    static String memberLine(Type type, String name) {
        return untagged(type) instanceof EnumType constants
                ? qualifiers(type) + enumText(constants, 0) + (name.isEmpty() ? "" : " " + name)
                : declaration(type, name);
    }

    private void memberLines(Member member, String indent, int show, List<String> lines) {
        nodes = 0; // each member has the whole budget: depth is bounded by show
        String width = member.isBitField() ? " : " + member.bitSize() : "";
        body(member.type().type(), indent, member.name(), show, lines);
        int last = lines.size() - 1;
        lines.set(last, lines.get(last) + width + ";");
    }

    private static String enumText(EnumType type, int show) {
        String head = type.name().isEmpty() ? "enum" : "enum " + type.name();
        if (show <= 0 && !type.name().isEmpty()) {
            return head;
        }
        if (show < 0) {
            return head + " {...}";
        }
        List<String> constants = new ArrayList<>();
        long expected = 0;
        for (Enumerator constant : type.enumerators()) {
            boolean isNext = constant.value() == expected;
            constants.add(isNext ? constant.name() : constant.name() + " = " + value(type, constant));
            expected = constant.value() + 1;
        }
        return head + " {" + String.join(", ", constants) + "}";
    }

    private static String value(EnumType type, Enumerator constant) {
        return type.isSigned() ? Long.toString(constant.value()) : Long.toUnsignedString(constant.value());
    }

    // ---- a declaration in one line

    private String declare(Type type, String inner) {
        if (++nodes > MOST_NODES || depth >= Type.DEEPEST) {
            return "...";
        }
        depth++;
        String text = declareNext(type, inner);
        depth--;
        return text;
    }

    private String declareNext(Type type, String inner) {
        if (type instanceof PointerType pointer) {
            return throughPointer(pointer.target().type(), "*" + inner);
        }
        if (type instanceof ArrayType array) {
            // gdb puts a space before the bracket where there is no name
            String space = inner.isEmpty() ? " " : "";
            String size = array.count() == 0 ? "[]" : "[" + array.count() + "]";
            return arrayElement(array.element().type(), inner, space + size);
        }
        if (type instanceof FunctionType function) {
            String space = inner.isEmpty() ? " " : "";
            return declare(function.result().type(), inner + space + "(" + parameters(function) + ")");
        }
        if (type instanceof QualifiedType qualified) {
            return throughQualifier(qualified, inner);
        }
        String base = baseName(type);
        return inner.isEmpty() || inner.startsWith(" ") ? base + inner : base + " " + inner;
    }

    private String throughPointer(Type target, String inner) {
        Type bare = untagged(target);
        boolean binds = bare instanceof ArrayType || bare instanceof FunctionType;
        return declare(target, binds ? "(" + inner + ")" : inner);
    }

    private String arrayElement(Type element, String inner, String brackets) {
        // "char [2][3]": one space in front of all the brackets
        String suffix = inner.endsWith("]") ? brackets.strip() : brackets;
        return declare(element, inner + suffix);
    }

    private String throughQualifier(QualifiedType qualified, String inner) {
        Type target = qualified.target().type();
        String word = qualified.qualifier().word();
        if (word.isEmpty()) {
            return declare(target, inner);
        }
        if (untagged(target) instanceof PointerType) {
            // the qualifier of a pointer stands behind its star
            String space = inner.isEmpty() || inner.startsWith(" ") ? "" : " ";
            return declare(target, " " + word + space + inner);
        }
        return word + " " + declare(target, inner);
    }

    private String parameters(FunctionType function) {
        if (function.parameters().isEmpty()) {
            return function.isVariadic() ? "" : "void"; // C has no prototype of dots alone: it is not told
        }
        String known = function.parameters().stream()
                .limit(MOST_NODES)
                .map(parameter -> declare(parameter.type().type(), ""))
                .collect(Collectors.joining(", "));
        return function.isVariadic() ? known + ", ..." : known;
    }

    private static Type untagged(Type type) {
        Type at = type;
        for (int i = 0; i < Type.DEEPEST && at instanceof QualifiedType qualified; i++) {
            at = qualified.target().type();
        }
        return at;
    }

    static String qualifiers(Type type) {
        StringBuilder words = new StringBuilder();
        Type at = type;
        for (int i = 0; i < Type.DEEPEST && at instanceof QualifiedType qualified; i++) {
            String word = qualified.qualifier().word();
            words.append(word.isEmpty() ? "" : word + " ");
            at = qualified.target().type();
        }
        return words.toString();
    }

    static String head(StructType struct) {
        String word = struct.isUnion() ? "union" : "struct";
        return struct.name().isEmpty() ? word : word + " " + struct.name();
    }

    private static String baseName(Type type) {
        if (type instanceof IntType integer) {
            return integer.name();
        }
        if (type instanceof FloatType real) {
            return real.name();
        }
        if (type instanceof TypedefType typedef) {
            return typedef.name();
        }
        if (type instanceof StructType struct) {
            return struct.name().isEmpty() ? head(struct) + " {...}" : head(struct);
        }
        if (type instanceof EnumType enumType) {
            return enumType.name().isEmpty() ? "enum {...}" : "enum " + enumType.name();
        }
        if (type instanceof ForwardType forward) {
            return forward.kind().word() + " " + forward.name();
        }
        return "void";
    }
}
