package org.kdive.images.vmlinux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/** {@code .symtab} and {@code .strtab} (gABI, "Symbol Table") made from a kernel's own symbols. */
final class SymbolSection {
    private static final int SHN_ABS = 0xfff1;
    private static final int STB_LOCAL = 0;
    private static final int STB_GLOBAL = 1;
    private static final int STB_WEAK = 2;
    private static final int STT_NOTYPE = 0;
    private static final int STT_OBJECT = 1;
    private static final int STT_FUNC = 2;
    private static final String PER_CPU = ".data..percpu";

    /** A loaded section and its number in the section header table. */
    private record Place(Section section, int index) {
        boolean holds(long address) {
            long inside = address - section.address();
            return Long.compareUnsigned(inside, section.sizeBytes()) < 0;
        }

        boolean endsAt(long address) {
            return section.address() + section.sizeBytes() == address;
        }
    }

    private final ElfEncoder encoder;
    private final List<Place> places = new ArrayList<>();
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private final byte[] table;
    private final int locals;

    /** @param sections all of the file, in the order of the section header table */
    SymbolSection(ElfEncoder encoder, SymbolTable symbols, List<Section> sections) {
        this.encoder = encoder;
        for (int i = 0; i < sections.size(); i++) {
            if (sections.get(i).isLoaded() && sections.get(i).sizeBytes() != 0) {
                places.add(new Place(sections.get(i), i));
            }
        }
        places.sort(Comparator.comparing(place -> place.section().address(), Long::compareUnsigned));
        List<Symbol> all = symbols.stream().toList();
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(all.size() + 1, encoder.symbolBytes()))
                .order(encoder.order());
        out.position(encoder.symbolBytes()); // the first symbol is none
        names.write(0);
        // Local symbols must come first; sh_info says how many.
        all.stream().filter(SymbolSection::isLocal).forEach(symbol -> add(out, symbol));
        locals = out.position() / encoder.symbolBytes();
        all.stream().filter(symbol -> !isLocal(symbol)).forEach(symbol -> add(out, symbol));
        table = out.array();
    }

    byte[] table() {
        return table;
    }

    byte[] names() {
        return names.toByteArray();
    }

    /** How many symbols are local, the empty one included: sh_info. */
    int locals() {
        return locals;
    }

    private void add(ByteBuffer out, Symbol symbol) {
        int nameOffset = names.size();
        names.writeBytes(symbol.name().getBytes(StandardCharsets.ISO_8859_1));
        names.write(0);
        Place place = place(symbol);
        int info = binding(symbol) << 4 | type(symbol, place);
        encoder.symbol(
                out,
                nameOffset,
                info,
                place == null ? SHN_ABS : place.index(),
                symbol.address(),
                place == null ? 0 : sizeBytes(symbol, place));
    }

    /** Where kallsyms knows only text the next symbol may be far away: no symbol reaches out of its section. */
    private static long sizeBytes(Symbol symbol, Place place) {
        long left = place.section().address() + place.section().sizeBytes() - symbol.address();
        return Math.max(0, Math.min(symbol.sizeBytes(), left));
    }

    private static boolean isLocal(Symbol symbol) {
        return binding(symbol) == STB_LOCAL;
    }

    /** nm's letters: small is local, except that w and v are weak without a definition elsewhere. */
    private static int binding(Symbol symbol) {
        return switch (symbol.type()) {
            case 'w', 'W', 'v', 'V' -> STB_WEAK;
            default -> Character.isUpperCase(symbol.type()) ? STB_GLOBAL : STB_LOCAL;
        };
    }

    private static int type(Symbol symbol, @Nullable Place place) {
        if (place == null || !place.holds(symbol.address())) {
            return STT_NOTYPE;
        }
        if (place.section().isExecutable()) {
            return symbol.isText() ? STT_FUNC : STT_NOTYPE;
        }
        return STT_OBJECT;
    }

    /** Null for an absolute symbol, or one outside all sections. A linker script's end marks are just behind one. */
    private @Nullable Place place(Symbol symbol) {
        Place behind = null;
        Place within = null;
        for (Place place : places) {
            boolean isPerCpu = place.section().name().equals(PER_CPU);
            if (symbol.isAbsolute() && !isPerCpu) {
                continue;
            }
            if (place.holds(symbol.address())) {
                within = place;
            } else if (place.endsAt(symbol.address())) {
                behind = place;
            }
        }
        boolean isEndOfCode = symbol.isText()
                && behind != null
                && behind.section().isExecutable()
                && (within == null || !within.section().isExecutable());
        return within == null || isEndOfCode ? behind : within;
    }
}
