package org.kdive.images.linux;

import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SymbolTableBuilder;

// Elf64_Sym: u32 name, u8 info, u8 other, u16 section, u64 value, u64 size
// Elf32_Sym: u32 name, u32 value, u32 size, u8 info, u8 other, u16 section
/** The symbols of a loaded module out of its {@code struct mod_kallsyms}: their values are addresses already. */
public final class ModuleSymbols {
    private static final int MOST_SYMBOLS = 1 << 18;
    private static final int LONGEST_NAME = 512; // KSYM_NAME_LEN

    private ModuleSymbols() {}

    /** At run-time addresses; empty of a module that has none to show. */
    public static SymbolTable of(LiveKernel kernel, Module module) {
        String source = "symbols of module " + module.name();
        if (module.kallsyms() == 0) {
            return SymbolTable.empty(source);
        }
        KernelObject kallsyms = kernel.object("mod_kallsyms", module.kallsyms());
        long count = kallsyms.number("num_symtab");
        if (count <= 0 || count > MOST_SYMBOLS) {
            return SymbolTable.empty(source);
        }
        boolean wide = kernel.pointerBytes() == 8;
        int entryBytes = wide ? 24 : 16;
        Bytes entries = kernel.bytes(source, kallsyms.number("symtab"), (int) count * entryBytes);
        long types = kallsyms.findNumber("typetab").orElse(0); // since 5.2 (1c7651f43777)
        Bytes letters = types == 0 ? entries.slice(0, 0) : kernel.bytes(source, types, (int) count);
        long strings = kallsyms.number("strtab");
        SymbolTableBuilder builder = new SymbolTableBuilder((int) count);
        for (int i = 1; i < count; i++) {
            long at = (long) i * entryBytes;
            long address = wide ? entries.u64At(at + 8) : entries.u32At(at + 4);
            int section = entries.u16At(at + (wide ? 6 : 14));
            if (section != 0 && module.holds(address)) {
                String name = kernel.text(strings + entries.u32At(at), LONGEST_NAME);
                long sizeBytes = wide ? entries.u64At(at + 16) : entries.u32At(at + 8);
                char letter = letters.size() == 0 ? letter(module, address) : (char) letters.u8At(i);
                add(builder, name, address, letters.size() == 0 ? 0 : sizeBytes, letter);
            }
        }
        return builder.build(source);
    }

    // Mapping symbols of Arm and RISC-V ($a, $x ...) and labels of the assembler name nothing that a person knows.
    private static void add(SymbolTableBuilder builder, String name, long address, long sizeBytes, char letter) {
        if (!name.isEmpty() && !name.startsWith("$") && !name.startsWith(".L")) {
            builder.add(name, address, sizeBytes, letter);
        }
    }

    private static char letter(Module module, long address) {
        return module.ranges().stream()
                .filter(range -> range.holds(address))
                .map(range -> range.kind().contains("data") ? 'd' : 't')
                .findFirst()
                .orElse('t');
    }
}
