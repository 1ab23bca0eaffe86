package org.kdive.images.symbols;

import java.util.Optional;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.elf.Section;

/** The symbol table of an ELF file that was not stripped (gABI, "Symbol Table"), its types as nm prints them. */
public final class ElfSymbols {
    private static final int SHN_ABS = 0xfff1;
    private static final int STB_LOCAL = 0;
    private static final int STB_WEAK = 2;
    private static final int STT_OBJECT = 1;
    private static final int STT_SECTION = 3;
    private static final int STT_FILE = 4;

    private final ElfFile elf;
    private final Bytes symbols;
    private final Bytes names;
    private final int entryBytes;

    private ElfSymbols(ElfFile elf, Section table) {
        this.elf = elf;
        this.symbols = elf.bytesOf(table);
        if (table.link() < 0 || table.link() >= elf.sections().size()) {
            throw symbols.malformedAt(0, "symbol table's strings are in section " + table.link());
        }
        this.names = elf.bytesOf(elf.sections().get(table.link()));
        this.entryBytes = elf.is64Bit() ? 24 : 16;
    }

    /** Link-time addresses, with the sizes that the file gives; empty if it is stripped. */
    public static Optional<SymbolTable> read(ElfFile elf) {
        return elf.sections().stream()
                .filter(section -> section.type() == Section.SHT_SYMTAB)
                .findFirst()
                .map(section -> new ElfSymbols(elf, section).table());
    }

    private SymbolTable table() {
        int count = symbols.size() / entryBytes;
        SymbolTableBuilder builder = new SymbolTableBuilder(count);
        for (int i = 1; i < count; i++) {
            add(builder, symbols.slice((long) i * entryBytes, entryBytes));
        }
        return builder.build("symbols of " + elf.bytes().source());
    }

    private void add(SymbolTableBuilder builder, Bytes entry) {
        boolean wide = elf.is64Bit();
        int info = entry.u8At(wide ? 4 : 12);
        int section = entry.u16At(wide ? 6 : 14);
        int type = info & 0xf;
        String name = names.cstringAt(entry.u32At(0));
        if (section == 0 || type == STT_SECTION || type == STT_FILE || name.isEmpty()) {
            return;
        }
        long address = wide ? entry.u64At(8) : entry.u32At(4);
        long sizeBytes = wide ? entry.u64At(16) : entry.u32At(8);
        builder.add(name, address, sizeBytes, letter(section, type, info >>> 4, address));
    }

    private char letter(int section, int type, int binding, long address) {
        if (binding == STB_WEAK) {
            return type == STT_OBJECT ? 'V' : 'W';
        }
        char letter = section == SHN_ABS || isPerCpuOffset(address) ? 'A' : letter(section);
        return binding == STB_LOCAL ? Character.toLowerCase(letter) : letter;
    }

    /** In a kernel linked in the upper half only per-CPU offsets are in the lower: kallsyms calls them absolute. */
    private boolean isPerCpuOffset(long address) {
        return elf.is64Bit()
                && address >= 0
                && elf.segments().stream().anyMatch(s -> s.isMapped() && s.virtualAddress() < 0);
    }

    private char letter(int index) {
        if (index >= elf.sections().size()) {
            return 'A';
        }
        Section section = elf.sections().get(index);
        if (section.isExecutable()) {
            return 'T';
        }
        if (section.type() == Section.SHT_NOBITS) {
            return 'B';
        }
        return section.isWritable() ? 'D' : 'R';
    }
}
