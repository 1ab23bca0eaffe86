package org.kdive.session;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.machine.PageSums;

/** To what pages of RAM belong: the kernel's image by its sections and symbols, and the rest. Session thread. */
final class PageOwners {
    // include/asm-generic/sections.h
    private static final List<List<String>> SECTIONS = List.of(
            List.of("kernel code", "_stext", "_etext"),
            List.of("kernel constants", "__start_rodata", "__end_rodata"),
            List.of("kernel data", "_sdata", "_edata"),
            List.of("kernel init", "__init_begin", "__init_end"),
            List.of("kernel bss", "__bss_start", "__bss_stop"));
    // without CONFIG_KALLSYMS_ALL some of them are unknown, on arm64 even _text
    private static final List<String> BEGINNINGS = List.of("_text", "_stext");
    private static final List<String> ENDS =
            List.of("_end", "__bss_stop", "_edata", "__init_end", "_einittext", "_etext");
    private static final long LONGEST_IMAGE_BYTES = 256L << 20;

    private final Program program;
    private final StopMemory memory;
    private final Map<String, Integer> owners = new TreeMap<>();
    private final Map<String, Integer> symbols = new HashMap<>();

    private PageOwners(Program program, StopMemory memory) {
        this.program = program;
        this.memory = memory;
    }

    /** The counts of one comparison. */
    record Counts(Map<String, Integer> owners, Map<String, Integer> symbols) {}

    /** @param pages physical addresses */
    static Counts of(Collection<Long> pages, Optional<Program> program, StopMemory memory) {
        Set<Long> left = new HashSet<>(pages);
        Map<String, Integer> owners = new LinkedHashMap<>();
        Map<String, Integer> symbols = Map.of();
        if (program.filter(known -> known.slideBytes().isPresent()).isPresent()) {
            PageOwners image = new PageOwners(program.get(), memory);
            image.takeFrom(left);
            owners.putAll(image.owners);
            symbols = image.mostFirst();
        }
        if (!left.isEmpty()) {
            owners.put(owners.isEmpty() ? "RAM" : "other RAM", left.size());
        }
        return new Counts(owners, symbols);
    }

    private long first(List<String> names) {
        return names.stream()
                .map(this::address)
                .flatMapToLong(OptionalLong::stream)
                .findFirst()
                .orElse(0);
    }

    private void takeFrom(Set<Long> left) {
        long begin = first(BEGINNINGS);
        long end = first(ENDS);
        if (begin == 0 || Long.compareUnsigned(end - begin, LONGEST_IMAGE_BYTES) > 0) {
            return;
        }
        for (long page = begin & -PageSums.PAGE_BYTES; page < end; page += PageSums.PAGE_BYTES) {
            OptionalLong physical = memory.physical(page);
            if (physical.isPresent() && left.remove(physical.getAsLong())) {
                owners.merge(section(page), 1, Integer::sum);
                program.symbolAt(page).ifPresent(symbol -> symbols.merge(symbol.name(), 1, Integer::sum));
            }
        }
    }

    private String section(long page) {
        return SECTIONS.stream()
                .filter(one -> isBetween(page, address(one.get(1)), address(one.get(2))))
                .map(one -> one.get(0))
                .findFirst()
                .orElse("kernel, between its sections");
    }

    // a section may begin within the page
    private static boolean isBetween(long page, OptionalLong begin, OptionalLong end) {
        return begin.isPresent()
                && end.isPresent()
                && page + PageSums.PAGE_BYTES > begin.getAsLong()
                && page < end.getAsLong();
    }

    private OptionalLong address(String symbol) {
        return program.findSymbol(symbol).stream().mapToLong(Symbol::address).findFirst();
    }

    private Map<String, Integer> mostFirst() {
        Map<String, Integer> sorted = new LinkedHashMap<>();
        symbols.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(one -> sorted.put(one.getKey(), one.getValue()));
        return sorted;
    }
}
