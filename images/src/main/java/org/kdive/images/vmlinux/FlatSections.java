package org.kdive.images.vmlinux;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/**
 * The sections of a kernel without headers, as far as the linker script's marks among its symbols tell (every
 * architecture's vmlinux.lds.S has the same ones, include/asm-generic/sections.h). What lies between is named by what it
 * lies between.
 */
final class FlatSections {
    private static final int SHT_PROGBITS = 1;
    private static final long READ = Section.SHF_ALLOC;
    private static final long WRITE = Section.SHF_ALLOC | Section.SHF_WRITE;
    private static final long EXECUTE = Section.SHF_ALLOC | Section.SHF_EXECINSTR;
    private static final long HEAD_BYTES = 1 << 20; // code before _stext: a page to 64 KiB

    private record Span(String name, long flags, long start, long end) {}

    private final SymbolTable symbols;
    private final long base;
    private final long fileEnd;
    private final long memoryEnd;
    private final long fileOffset;
    private final List<Span> spans = new ArrayList<>();

    private FlatSections(SymbolTable symbols, long base, long fileBytes, long memoryBytes, long fileOffset) {
        this.symbols = symbols;
        this.base = base;
        this.fileEnd = base + fileBytes;
        this.memoryEnd = base + Math.max(fileBytes, memoryBytes);
        this.fileOffset = fileOffset;
    }

    /**
     * @param base link-time address of the image's first byte
     * @param memoryBytes what it takes once loaded, its zeroed data included
     * @param fileOffset where the image will be in the ELF file
     */
    static List<Section> of(SymbolTable symbols, long base, long fileBytes, long memoryBytes, long fileOffset) {
        return new FlatSections(symbols, base, fileBytes, memoryBytes, fileOffset).sections();
    }

    private List<Section> sections() {
        List<Span> marked = marked();
        if (marked.isEmpty()) {
            spans.add(new Span(".text", EXECUTE | WRITE, base, fileEnd));
        }
        long at = base;
        for (Span span : marked) {
            if (span.start() > at) {
                between(at, span);
            }
            spans.add(span);
            at = span.end();
        }
        if (!marked.isEmpty() && at < fileEnd) {
            add(".data", WRITE, at, fileEnd);
        }
        if (memoryEnd > fileEnd) {
            add(".bss", WRITE, fileEnd, memoryEnd);
        }
        return spans.stream().map(this::section).toList();
    }

    private List<Span> marked() {
        List<Span> found = new ArrayList<>();
        mark(".text", EXECUTE, "_stext", "_etext").ifPresent(found::add);
        mark(".init.text", EXECUTE, "_sinittext", "_einittext").ifPresent(found::add);
        mark(".rodata", READ, "__start_rodata", "__end_rodata").ifPresent(found::add);
        mark(".data", WRITE, "_sdata", "_edata").ifPresent(found::add);
        found.sort(Comparator.comparingLong(Span::start));
        List<Span> apart = new ArrayList<>();
        for (Span span : found) {
            if (apart.isEmpty() || span.start() >= apart.get(apart.size() - 1).end()) {
                apart.add(span);
            }
        }
        return apart;
    }

    private Optional<Span> mark(String name, long flags, String first, String last) {
        Optional<Symbol> start = symbols.find(first);
        Optional<Symbol> end = symbols.find(last);
        if (start.isEmpty() || end.isEmpty()) {
            return Optional.empty();
        }
        Span span =
                new Span(name, flags, start.get().address(), Math.min(end.get().address(), fileEnd));
        return Optional.of(span).filter(s -> s.start() >= base && s.start() < s.end());
    }

    private void between(long start, Span next) {
        if (spans.isEmpty() && next.flags() == EXECUTE && next.start() - start <= HEAD_BYTES) {
            add(".head.text", EXECUTE, start, next.start());
        } else if (!spans.isEmpty()
                && last().name().equals(".text")
                && next.name().equals(".init.text")) {
            add(".rodata", READ, start, next.start());
        } else {
            add(next.flags() == WRITE ? ".init.data" : ".data", WRITE, start, next.start());
        }
    }

    private Span last() {
        return spans.get(spans.size() - 1);
    }

    private void add(String name, long flags, long start, long end) {
        String unused = name;
        for (int i = 1; isTaken(unused); i++) {
            unused = name + "." + i;
        }
        spans.add(new Span(unused, flags, start, end));
    }

    private boolean isTaken(String name) {
        return spans.stream().anyMatch(span -> span.name().equals(name));
    }

    private Section section(Span span) {
        int type = span.start() >= fileEnd ? Section.SHT_NOBITS : SHT_PROGBITS;
        long offset = fileOffset + (span.start() - base);
        return new Section(span.name(), type, span.flags(), span.start(), offset, span.end() - span.start(), 0, 0);
    }
}
