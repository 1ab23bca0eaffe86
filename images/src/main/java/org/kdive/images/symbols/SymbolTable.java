package org.kdive.images.symbols;

import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Symbols sorted by address, found by name, by address and by spelling. Immutable; any thread. Kept in a few arrays: a
 * distribution kernel has 150,000 of them.
 */
public final class SymbolTable {
    // Without a size of its own a symbol reaches to the next one, but not over the gaps between a kernel's sections.
    private static final long MAX_TEXT_BYTES = 64 << 10;
    private static final long MAX_DATA_BYTES = 16 << 20;
    private static final int MAX_ALIASES = 1000;
    private static final String CALL_PADDING = "__pfx_";
    private static final int MAX_TYPING_ERRORS = 3;

    private final String source;
    private final NameBlob names;
    private final long[] addresses;
    private final byte[] types;
    private final long[] sizes; // empty if the source knows none

    private @Nullable NameIndex byName; // null until the first look-up by name; threads that race build equal ones
    private @Nullable AddressIndex byAddress; // likewise by address

    SymbolTable(String source, NameBlob names, long[] addresses, byte[] types, long[] sizes) {
        this.source = source;
        this.names = names;
        this.addresses = addresses;
        this.types = types;
        this.sizes = sizes;
    }

    /** Of a kernel that carries none. */
    public static SymbolTable empty(String source) {
        return new SymbolTableBuilder(0).build(source);
    }

    /** Where the symbols come from, for messages: "kallsyms of vmlinuz". */
    public String source() {
        return source;
    }

    public int size() {
        return addresses.length;
    }

    /** In order of address, as unsigned numbers. */
    public Stream<Symbol> stream() {
        return IntStream.range(0, size()).mapToObj(this::symbol);
    }

    /** The first symbol of exactly that name. */
    public Optional<Symbol> find(String name) {
        int index = byName().first(name);
        return index < 0 ? Optional.empty() : Optional.of(symbol(index));
    }

    /** Every symbol of exactly that name: static functions of one name are normal in a kernel. */
    public List<Symbol> findAll(String name) {
        return byName().all(name).mapToObj(this::symbol).toList();
    }

    /**
     * The symbol that holds the address; of several, the one a reader of gdb's output expects. Absolute symbols hold
     * nothing. In the padding before a function ({@code __pfx_}, since 6.2) it is the function, whose address is then
     * above the one asked for.
     */
    public Optional<Symbol> at(long address) {
        int index = lastNotAbove(address);
        while (index >= 0 && isAbsolute(index)) {
            index--;
        }
        if (index < 0) {
            return Optional.empty();
        }
        int best = bestOfEquals(index);
        Symbol symbol = symbol(best);
        if (names.startsWith(best, CALL_PADDING)) {
            Optional<Symbol> padded = find(symbol.name().substring(CALL_PADDING.length()), symbol);
            return padded.isPresent() ? padded : Optional.of(symbol);
        }
        long offset = address - symbol.address();
        boolean holds = offset == 0 || Long.compareUnsigned(offset, symbol.sizeBytes()) < 0;
        return holds ? Optional.of(symbol) : Optional.empty();
    }

    private Optional<Symbol> find(String name, Symbol paddingBefore) {
        long end = paddingBefore.address() + paddingBefore.sizeBytes();
        return findAll(name).stream().filter(s -> s.address() == end).findFirst();
    }

    /** Sorted, without repetitions; the padding symbols only if asked for. */
    public List<String> withPrefix(String prefix, int limit) {
        TreeSet<String> found = new TreeSet<>();
        boolean padding = prefix.startsWith(CALL_PADDING);
        for (int i = 0; i < size(); i++) {
            if (names.startsWith(i, prefix) && (padding || !names.startsWith(i, CALL_PADDING))) {
                keepLeast(found, names.name(i), limit);
            }
        }
        return List.copyOf(found);
    }

    private static void keepLeast(NavigableSet<String> found, String name, int limit) {
        found.add(name);
        if (found.size() > limit) {
            found.pollLast();
        }
    }

    /** "Did you mean": the names nearest in spelling, the nearest first; empty if none is near. */
    public List<String> closest(String misspelt, int limit) {
        int errors = Math.min(MAX_TYPING_ERRORS, (misspelt.length() + 2) / 4);
        Spelling spelling = new Spelling(misspelt, errors);
        record Near(int distance, String name) {}
        TreeSet<Near> found =
                new TreeSet<>(Comparator.comparingInt(Near::distance).thenComparing(Near::name));
        for (int i = 0; i < size(); i++) {
            int distance = spelling.distance(names, i);
            if (distance <= errors && !names.startsWith(i, CALL_PADDING)) {
                found.add(new Near(distance, names.name(i)));
                if (found.size() > limit) {
                    found.pollLast();
                }
            }
        }
        return found.stream().map(Near::name).toList();
    }

    /** Symbols whose name contains a match, in order of address. */
    public List<Symbol> matching(Pattern pattern, int limit) {
        return matching(name -> pattern.matcher(name).find(), limit);
    }

    /** Symbols whose name is meant, in order of address. */
    public List<Symbol> matching(Predicate<String> isMeant, int limit) {
        return IntStream.range(0, size())
                .filter(i -> isMeant.test(names.name(i)))
                .limit(limit)
                .mapToObj(this::symbol)
                .toList();
    }

    private Symbol symbol(int index) {
        return new Symbol(names.name(index), addresses[index], sizeBytes(index), type(index));
    }

    private char type(int index) {
        return (char) (types[index] & 0xff);
    }

    private boolean isAbsolute(int index) {
        return types[index] == 'A' || types[index] == 'a';
    }

    /** All of them once more, with the sizes that the source knew; moved, but for the absolute ones. */
    public void copyTo(SymbolTableBuilder builder, long movedBytes) {
        for (int i = 0; i < size(); i++) {
            long address = isAbsolute(i) ? addresses[i] : addresses[i] + movedBytes;
            builder.add(names.name(i), address, sizes.length > 0 ? sizes[i] : 0, type(i));
        }
    }

    private long sizeBytes(int index) {
        if (sizes.length > 0 && sizes[index] != 0) {
            return sizes[index];
        }
        int next = index + 1;
        // Bounded, because a hostile table may have a million symbols at one address.
        int last = Math.min(size(), next + MAX_ALIASES);
        while (next < last && (addresses[next] == addresses[index] || isAbsolute(next) != isAbsolute(index))) {
            next++;
        }
        if (next == last) {
            return 0;
        }
        long gap = addresses[next] - addresses[index];
        long most = Symbol.isText(type(index)) ? MAX_TEXT_BYTES : MAX_DATA_BYTES;
        return Long.compareUnsigned(gap, most) < 0 ? gap : most;
    }

    private int lastNotAbove(long address) {
        AddressIndex index = byAddress;
        if (index == null) {
            index = new AddressIndex(addresses);
            byAddress = index;
        }
        return index.lastNotAbove(address);
    }

    /** Of the symbols at the same address, the preferred one: the first in the table if all else is equal. */
    private int bestOfEquals(int last) {
        int best = last;
        if (last == 0 || addresses[last - 1] != addresses[last]) {
            return best;
        }
        for (int i = last; i >= 0 && addresses[i] == addresses[last]; i--) {
            if (!isAbsolute(i) && demerit(i) <= demerit(best)) {
                best = i;
            }
        }
        return best;
    }

    private int demerit(int index) {
        char type = type(index);
        int demerit = type == 'w' || type == 'W' || type == 'v' || type == 'V' ? 8 : 0;
        // scripts/kallsyms.c orders likewise: weak symbols and the linker script's boundaries after real names.
        if (names.startsWith(index, CALL_PADDING) || names.startsWith(index, "$") || names.startsWith(index, ".L")) {
            demerit += 64;
        }
        if (isBoundary(index)) {
            demerit += 16;
        }
        for (int i = 0; i < Math.min(4, names.length(index)) && names.charAt(index, i) == '_'; i++) {
            demerit++;
        }
        return demerit;
    }

    private boolean isBoundary(int index) {
        return names.startsWith(index, "__start_")
                || names.startsWith(index, "__stop_")
                || names.startsWith(index, "__end_")
                || names.endsWith(index, "_start")
                || names.endsWith(index, "_end");
    }

    private NameIndex byName() {
        NameIndex index = byName;
        if (index == null) {
            index = new NameIndex(names);
            byName = index;
        }
        return index;
    }
}
