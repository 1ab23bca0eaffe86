package org.kdive.images.symbols;

import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * Symbols as text, a line each: System.map and {@code nm} print "address type name"; /proc/kallsyms adds a tab and
 * "[module]" behind a module's.
 */
public final class SystemMap {
    private static final int TYPICAL_LINE_BYTES = 40;
    private static final int MAX_ADDRESS_DIGITS = 16;

    private final Bytes text;
    private final SymbolTableBuilder builder;
    private boolean anyUpperHalf;
    private boolean anyNotZero;

    private SystemMap(Bytes text) {
        this.text = text;
        this.builder = new SymbolTableBuilder(text.size() / TYPICAL_LINE_BYTES);
    }

    /** Link-time addresses. Refuses the placeholder that distributions ship instead of a System.map. */
    public static SymbolTable read(Bytes text) {
        return new SystemMap(text).read(text.source());
    }

    /** Run-time addresses of the running host or guest; refused if the kernel has blanked them out (kptr_restrict). */
    public static SymbolTable readProcKallsyms(Bytes text) {
        SystemMap map = new SystemMap(text);
        SymbolTable table = map.read(text.source());
        if (!map.anyNotZero) {
            throw new ImageException(new ImageFailure.Missing(
                    text.source(), "all addresses are 0; read it as root with kernel.kptr_restrict below 2"));
        }
        return table;
    }

    private SymbolTable read(String source) {
        Bytes lines = text.slice(0, text.size());
        while (lines.remaining() > 0) {
            line(lines);
        }
        if (builder.count() == 0) {
            throw text.malformedAt(0, "no symbols");
        }
        // kallsyms gives per-CPU offsets the type A, System.map that of their section; a table has one meaning.
        return (anyUpperHalf ? builder.withAbsolute(address -> address >= 0) : builder).build(source);
    }

    private void line(Bytes lines) {
        int start = lines.position();
        int end = endOfLine(start);
        lines.position(Math.min(text.size(), end + 1));
        if (end == start) {
            return;
        }
        int digits = digits(start, end);
        // "address type name" with single spaces: two more than the digits, then the name
        if (digits == 0
                || end < start + digits + 4
                || text.u8At(start + digits) != ' '
                || text.u8At(start + digits + 2L) != ' ') {
            throw text.malformedAt(start, "not a line of \"address type name\"");
        }
        long address = address(start, digits);
        anyUpperHalf |= address < 0;
        anyNotZero |= address != 0;
        int name = start + digits + 3;
        int nameEnd = endOfName(name, end);
        char type = (char) text.u8At(start + digits + 1L);
        builder.add(text.array(), text.arrayStart() + name, nameEnd - name, address, 0, type);
    }

    /** Behind a name there may only be a module's; Debian's placeholder goes on in prose. */
    private int endOfName(int name, int end) {
        int nameEnd = name;
        while (nameEnd < end && text.u8At(nameEnd) != ' ' && text.u8At(nameEnd) != '\t') {
            nameEnd++;
        }
        // riscv's assembler makes labels that end in a space: ".L0 ".
        int rest = nameEnd;
        while (rest < end && text.u8At(rest) == ' ') {
            rest++;
        }
        if (nameEnd == name || (rest < end && text.u8At(rest) != '\t')) {
            throw text.malformedAt(name, "not a symbol's name alone");
        }
        return nameEnd;
    }

    private int endOfLine(int from) {
        int at = from;
        while (at < text.size() && text.u8At(at) != '\n') {
            at++;
        }
        return at;
    }

    private int digits(int from, int end) {
        int count = 0;
        while (from + count < end && count <= MAX_ADDRESS_DIGITS && hex(text.u8At(from + count)) >= 0) {
            count++;
        }
        return count <= MAX_ADDRESS_DIGITS ? count : 0;
    }

    private long address(int from, int digits) {
        long address = 0;
        for (int i = 0; i < digits; i++) {
            address = address << 4 | hex(text.u8At(from + (long) i));
        }
        return address;
    }

    private static int hex(int character) {
        return Character.digit(character, 16);
    }
}
