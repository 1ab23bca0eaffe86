package org.kdive.images.types;

import java.util.ArrayList;
import java.util.List;

/**
 * A struct with the offset and size of each member and the holes between, columns and words as in gdb 13's
 * {@code ptype /o}. Unlike gdb, padding is reckoned for structs alone: for a union inside a struct gdb subtracts where
 * the union stands in its parent, which tells nothing.
 */
final class LayoutPrinter {
    private static final String BLANK = " ".repeat(27);
    private static final String NO_OFFSET = "/* %21d */";

    /** A kernel's largest struct opened in full has some thousand lines. */
    private static final int MOST_LINES = 20_000;

    private static final int DEEPEST = 32;

    private final List<String> lines = new ArrayList<>();

    private LayoutPrinter() {}

    static List<String> print(StructType struct) {
        LayoutPrinter printer = new LayoutPrinter();
        printer.lines.add("/* offset      |    size */  " + CPrinter.head(struct) + " {");
        printer.members(struct, 0, 0);
        printer.lines.add(BLANK + "  }");
        return printer.lines;
    }

    private void members(StructType struct, long baseBits, int depth) {
        long endBits = 0;
        if (struct.members().isEmpty()) {
            lines.add(BLANK + indent(depth + 1) + "<no data fields>");
        }
        for (Member member : struct.members()) {
            if (lines.size() > MOST_LINES) {
                return;
            }
            if (!struct.isUnion()) {
                hole(endBits, member.bitOffset(), "hole");
                endBits = end(member);
            }
            member(struct, member, baseBits, depth);
        }
        if (!struct.isUnion()) {
            hole(endBits, struct.bytes() * 8L, "padding");
        }
        lines.add("");
        lines.add(BLANK + indent(depth + 1) + "/* total size (bytes): %4d */".formatted(struct.bytes()));
    }

    private void member(StructType parent, Member member, long baseBits, int depth) {
        String column = column(parent, member, baseBits);
        Type type = member.type().type();
        boolean isNamedType = type instanceof TypedefType;
        String width = member.isBitField() ? " : " + member.bitSize() : "";
        if (!isNamedType && type.strip() instanceof StructType inner && depth < DEEPEST) {
            lines.add(column + indent(depth + 1) + CPrinter.qualifiers(type) + CPrinter.head(inner) + " {");
            members(inner, baseBits + member.bitOffset(), depth + 1);
            lines.add(BLANK + indent(depth + 1) + "}" + (member.name().isEmpty() ? "" : " " + member.name()) + ";");
        } else {
            lines.add(column + indent(depth + 1) + CPrinter.memberLine(type, member.name()) + width + ";");
        }
    }

    private static String column(StructType parent, Member member, long baseBits) {
        long size = member.type().type().sizeBytes();
        if (parent.isUnion()) {
            return NO_OFFSET.formatted(size);
        }
        long bits = baseBits + member.bitOffset();
        return member.isBitField()
                ? "/* %6d:%2d   |  %6d */".formatted(bits / 8, bits % 8, size)
                : "/* %6d      |  %6d */".formatted(bits / 8, size);
    }

    private static long end(Member member) {
        long bits =
                member.isBitField() ? member.bitSize() : member.type().type().sizeBytes() * 8;
        return member.bitOffset() + bits;
    }

    private void hole(long fromBits, long toBits, String word) {
        if (fromBits <= 0 || fromBits >= toBits) {
            return;
        }
        long gap = toBits - fromBits;
        if (gap % 8 != 0) {
            lines.add("/* XXX %2d-bit %-10s */".formatted(gap % 8, word));
        }
        if (gap / 8 != 0) {
            lines.add("/* XXX %2d-byte %-9s */".formatted(gap / 8, word));
        }
    }

    private static String indent(int depth) {
        return "    ".repeat(depth);
    }
}
