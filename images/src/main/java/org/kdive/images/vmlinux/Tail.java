package org.kdive.images.vmlinux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.SymbolTable;

/**
 * What stands behind the kernel's bytes in the file.
 *
 * <pre>
 * padding, .symtab, .strtab, .shstrtab, padding, section header table
 * </pre>
 */
final class Tail {
    private static final int SHT_STRTAB = 3;
    private static final String[] NAMES = {".symtab", ".strtab", ".shstrtab"};

    private final ElfEncoder encoder;
    private final List<byte[]> parts = new ArrayList<>();
    private long end;
    private long tableOffset;

    /** @param start where in the file the tail begins */
    Tail(ElfEncoder encoder, long start) {
        this.encoder = encoder;
        this.end = start;
    }

    /**
     * @param kept the section header table so far, encoded; the names are offsets into {@code names}
     * @param sections the same, without the one section name table that is being replaced
     */
    Tail add(SymbolTable symbols, List<Section> sections, byte[] kept, byte[] names) {
        SymbolSection added = new SymbolSection(encoder, symbols, sections);
        int first = sections.size();
        byte[] allNames = names(names);
        align();
        long symbolOffset = append(added.table());
        long stringOffset = append(added.names());
        long nameOffset = append(allNames);
        align();
        ByteBuffer table =
                ByteBuffer.allocate(NAMES.length * encoder.sectionBytes()).order(encoder.order());
        int symbolBytes = encoder.symbolBytes();
        Section symtab =
                new Section("", Section.SHT_SYMTAB, 0, 0, symbolOffset, added.table().length, first + 1, symbolBytes);
        encoder.section(table, names.length, symtab, added.locals(), encoder.wordBytes());
        strings(table, names.length + 8, stringOffset, stringOffset, nameOffset);
        strings(table, names.length + 16, nameOffset, nameOffset, nameOffset + allNames.length);
        tableOffset = append(kept);
        append(table.array());
        return this;
    }

    private void strings(ByteBuffer table, int name, long offset, long from, long to) {
        encoder.section(table, name, new Section("", SHT_STRTAB, 0, 0, offset, to - from, 0, 0), 0, 1);
    }

    /** The three new names are 8, 8 and 10 bytes long with their NULs. */
    private static byte[] names(byte[] names) {
        ByteBuffer all = ByteBuffer.allocate(names.length + 26);
        all.put(names);
        for (String name : NAMES) {
            all.put(name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)).put((byte) 0);
        }
        return all.array();
    }

    private void align() {
        int above = (int) (end % encoder.wordBytes());
        append(new byte[above == 0 ? 0 : encoder.wordBytes() - above]);
    }

    private long append(byte[] part) {
        long offset = end;
        parts.add(part);
        end += part.length;
        return offset;
    }

    List<byte[]> parts() {
        return parts;
    }

    long tableOffset() {
        return tableOffset;
    }

    static int addedSections() {
        return NAMES.length;
    }
}
