package org.kdive.images;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.btf.Btf;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.types.Variable;

/**
 * Per-CPU variables of a kernel whose kallsyms name functions only. Its types list them with their places in the section;
 * those that modules may use are exported with their addresses, and tell where the section begins.
 */
final class PerCpuSymbols {
    // what the linker scripts put at the beginning, include/asm-generic/vmlinux.lds.h
    private static final String START = "__per_cpu_start";
    private static final String SECTION = ".data..percpu";

    private PerCpuSymbols() {}

    /** By name, at link-time addresses; empty if the table has them, or nothing tells where they begin. */
    static Map<String, Symbol> find(SymbolTable table, Optional<Btf> types) {
        if (types.isEmpty() || table.find(START).isPresent()) {
            return Map.of();
        }
        List<Variable> variables = types.get().variables(SECTION);
        // A static variable of the same name elsewhere may mislead one witness, not most of them.
        Map<Long, Integer> votes = new HashMap<>();
        int witnesses = 0;
        char type = 'd';
        for (Variable variable : variables) {
            Optional<Symbol> exported = table.find(variable.name()).filter(symbol -> !symbol.isText());
            if (exported.isPresent()) {
                votes.merge(exported.get().address() - variable.sectionOffset(), 1, Integer::sum);
                type = exported.get().isAbsolute() ? 'A' : type;
                witnesses++;
            }
        }
        for (Map.Entry<Long, Integer> vote : votes.entrySet()) {
            if (2 * vote.getValue() > witnesses) {
                return at(vote.getKey(), variables, type);
            }
        }
        return Map.of();
    }

    private static Map<String, Symbol> at(long start, List<Variable> variables, char type) {
        Map<String, Symbol> found = new HashMap<>();
        found.put(START, new Symbol(START, start, 0, type));
        for (Variable variable : variables) {
            long bytes = variable.type().type().sizeBytes();
            found.putIfAbsent(
                    variable.name(), new Symbol(variable.name(), start + variable.sectionOffset(), bytes, type));
        }
        return Map.copyOf(found);
    }
}
