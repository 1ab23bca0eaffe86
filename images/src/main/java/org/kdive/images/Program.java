package org.kdive.images;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/**
 * A kernel as it runs: its symbols at run-time addresses. The only type that knows the KASLR slide. Immutable; any thread.
 */
public final class Program {
    // What compilers and linkers make of a function's name when they clone, split or localise it.
    private static final Pattern CLONE_SUFFIX =
            Pattern.compile("(\\.(isra|part|cold|constprop|llvm|lto_priv)(\\.\\d+)*)+");
    private static final int MAX_CLONES = 64;

    private final KernelImage image;
    private final SymbolTable symbols;
    private final @Nullable Long slideBytes; // null until the slide is known; addresses are then as linked

    private Program(KernelImage image, SymbolTable symbols, @Nullable Long slideBytes) {
        this.image = image;
        this.symbols = symbols;
        this.slideBytes = slideBytes;
    }

    /** The slide is not known yet: addresses are as linked. */
    public static Program of(KernelImage image, SymbolTable symbols) {
        return new Program(image, symbols, null);
    }

    /** The same kernel with its slide known; 0 if it runs where it was linked. */
    public Program slidBy(long slide) {
        return new Program(image, symbols, slide);
    }

    /** Empty while unknown. */
    public OptionalLong slideBytes() {
        return slideBytes == null ? OptionalLong.empty() : OptionalLong.of(slideBytes);
    }

    public KernelImage image() {
        return image;
    }

    /** At link-time addresses. */
    public SymbolTable symbols() {
        return symbols;
    }

    public Optional<Symbol> findSymbol(String name) {
        return findSymbols(name).stream().findFirst();
    }

    public Symbol requireSymbol(String name) {
        return findSymbol(name).orElseThrow(() -> missing(name));
    }

    /**
     * Every symbol of that name, at run-time addresses; per-CPU symbols are not slid. A function that the compiler has
     * renamed is found by its own name if nothing else has it: {@code foo} finds {@code foo.isra.0}.
     */
    public List<Symbol> findSymbols(String name) {
        List<Symbol> exact = symbols.findAll(name);
        List<Symbol> found = exact.isEmpty() ? clones(name) : exact;
        return found.stream().map(this::slid).toList();
    }

    private List<Symbol> clones(String name) {
        return symbols.withPrefix(name + ".", MAX_CLONES).stream()
                .filter(clone ->
                        CLONE_SUFFIX.matcher(clone.substring(name.length())).matches())
                .flatMap(clone -> symbols.findAll(clone).stream())
                .toList();
    }

    private ImageException missing(String name) {
        List<String> near = symbols.closest(name, 3);
        String hint = near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?";
        return new ImageException(
                new ImageFailure.Missing(symbols.source(), "no symbol \"%s\"%s".formatted(name, hint)));
    }

    /** The symbol that holds the address; see {@link SymbolTable#at}. */
    public Optional<Symbol> symbolAt(long address) {
        return symbols.at(toLink(address)).map(this::slid);
    }

    /** "start_kernel+27", decimal as in gdb, or "0x..." if no symbol holds the address. */
    public String describe(long address) {
        return symbolAt(address)
                .map(symbol -> symbol.name() + offset(address - symbol.address()))
                .orElseGet(() -> "0x%x".formatted(address));
    }

    private static String offset(long bytes) {
        if (bytes == 0) {
            return "";
        }
        return bytes < 0 ? String.valueOf(bytes) : "+" + bytes; // decimal, as gdb has it
    }

    public long toRunTime(long linkAddress) {
        return linkAddress + slide();
    }

    public long toLink(long runTimeAddress) {
        return runTimeAddress - slide();
    }

    private Symbol slid(Symbol symbol) {
        return symbol.isAbsolute() ? symbol : symbol.at(toRunTime(symbol.address()));
    }

    private long slide() {
        return slideBytes == null ? 0 : slideBytes;
    }
}
