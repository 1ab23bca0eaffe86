package org.kdive.images;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.images.btf.Btf;
import org.kdive.images.btf.JoinedTypes;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.types.TypeTable;

/**
 * A kernel as it runs: its symbols at run-time addresses. The only type that knows the KASLR slide. Immutable; any thread.
 */
public final class Program {
    private static final long FARTHEST_IN_CODE = 64 << 10;
    private static final long FARTHEST_IN_DATA = 256 << 10;

    // What compilers and linkers make of a function's name when they clone, split or localise it.
    private static final Pattern CLONE_SUFFIX =
            Pattern.compile("(\\.(isra|part|cold|constprop|llvm|lto_priv)(\\.\\d+)*)+");
    private static final int MAX_CLONES = 64;

    private final KernelImage image;
    private final SymbolTable symbols;
    private final @Nullable Long slideBytes; // null until the slide is known; addresses are then as linked
    private final List<LoadedModule> modules;
    private final Lazy<Optional<Btf>> types; // one for all slides, as are those below
    private final Lazy<Map<String, Symbol>> perCpu; // that the table lacks

    /**
     * A module that is loaded.
     *
     * @param symbols at run-time addresses
     * @param holds whether a run-time address is in its memory
     * @param types what it adds to the kernel's; asked for when the kernel does not have a name
     */
    public record LoadedModule(String name, SymbolTable symbols, LongPredicate holds, Supplier<Optional<Btf>> types) {
        public LoadedModule(String name, SymbolTable symbols, LongPredicate holds) {
            this(name, symbols, holds, Optional::empty);
        }
    }

    private Program(
            KernelImage image,
            SymbolTable symbols,
            @Nullable Long slideBytes,
            List<LoadedModule> modules,
            Lazy<Optional<Btf>> types,
            Lazy<Map<String, Symbol>> perCpu) {
        this.image = image;
        this.symbols = symbols;
        this.slideBytes = slideBytes;
        this.modules = modules;
        this.types = types;
        this.perCpu = perCpu;
    }

    /** The slide is not known yet: addresses are as linked. */
    public static Program of(KernelImage image, SymbolTable symbols) {
        Lazy<Optional<Btf>> types = new Lazy<>(() -> Btf.of(image));
        Lazy<Map<String, Symbol>> perCpu = new Lazy<>(() -> PerCpuSymbols.find(symbols, types.value()));
        return new Program(image, symbols, null, List.of(), types, perCpu);
    }

    /** The same kernel with its slide known; 0 if it runs where it was linked. Without modules. */
    public Program slidBy(long slide) {
        return new Program(image, symbols, slide, List.of(), types, perCpu);
    }

    /** The same kernel with these modules loaded and no others. */
    public Program withModules(List<LoadedModule> loaded) {
        return new Program(image, symbols, slideBytes, List.copyOf(loaded), types, perCpu);
    }

    public List<LoadedModule> modules() {
        return modules;
    }

    /** The module whose memory holds the address. */
    public Optional<LoadedModule> moduleAt(long address) {
        return modules.stream().filter(module -> module.holds().test(address)).findFirst();
    }

    /** Empty while unknown. */
    public OptionalLong slideBytes() {
        return slideBytes == null ? OptionalLong.empty() : OptionalLong.of(slideBytes);
    }

    public KernelImage image() {
        return image;
    }

    /** The kernel's types, read at the first call, and those of its modules; empty if it was built without BTF. */
    public Optional<TypeTable> types() {
        return types.value()
                .<TypeTable>map(kernel -> modules.isEmpty() ? kernel : new JoinedTypes(kernel, this::ofModules));
    }

    private List<Btf> ofModules() {
        return modules.stream().flatMap(module -> module.types().get().stream()).toList();
    }

    /** The kernel's own types alone. */
    public Optional<Btf> ownTypes() {
        return types.value();
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
     * renamed is found by its own name if nothing else has it: {@code foo} finds {@code foo.isra.0}. The kernel's own
     * come first, then those of modules; {@code module:foo} finds that module's only.
     */
    public List<Symbol> findSymbols(String name) {
        int colon = name.indexOf(':');
        if (colon > 0) {
            return modules.stream()
                    .filter(module -> isNamed(module, name.substring(0, colon)))
                    .flatMap(module -> find(module.symbols(), name.substring(colon + 1)).stream())
                    .toList();
        }
        Stream<Symbol> ofKernel = ofKernel(name).stream().map(this::slid);
        Stream<Symbol> ofModules = modules.stream().flatMap(module -> find(module.symbols(), name).stream());
        return Stream.concat(ofKernel, ofModules).toList();
    }

    private List<Symbol> ofKernel(String name) {
        List<Symbol> named = find(symbols, name);
        return named.isEmpty()
                ? Optional.ofNullable(perCpu.value().get(name)).stream().toList()
                : named;
    }

    /** Names of symbols, those of modules among them, that begin so; sorted, at most {@code limit}. */
    public List<String> symbolNames(String prefix, int limit) {
        return Stream.concat(
                        symbols.withPrefix(prefix, limit).stream(),
                        modules.stream().flatMap(module -> module.symbols().withPrefix(prefix, limit).stream()))
                .distinct()
                .sorted()
                .limit(limit)
                .toList();
    }

    /** Whether the module is called so: a dash in a file's name is an underscore in the kernel. */
    public static boolean isNamed(LoadedModule module, String name) {
        return module.name().replace('-', '_').equals(name.replace('-', '_'));
    }

    private static List<Symbol> find(SymbolTable table, String name) {
        List<Symbol> exact = table.findAll(name);
        return exact.isEmpty() ? clones(table, name) : exact;
    }

    private static List<Symbol> clones(SymbolTable table, String name) {
        return table.withPrefix(name + ".", MAX_CLONES).stream()
                .filter(clone ->
                        CLONE_SUFFIX.matcher(clone.substring(name.length())).matches())
                .flatMap(clone -> table.findAll(clone).stream())
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
        Optional<LoadedModule> module = moduleAt(address);
        if (module.isPresent()) {
            return module.get().symbols().at(address);
        }
        return symbols.at(toLink(address)).map(this::slid).filter(symbol -> isNear(symbol, address));
    }

    // the table does not say where a symbol ends, and after the last of a section there are megabytes without a name
    private static boolean isNear(Symbol symbol, long address) {
        long most = symbol.isText() ? FARTHEST_IN_CODE : FARTHEST_IN_DATA;
        return address - symbol.address() < most; // a pad belongs to the function behind it
    }

    /** "start_kernel+27", decimal as in gdb; "tun_open+4 [tun]" in a module; "0x..." if no symbol holds the address. */
    public String describe(long address) {
        String where =
                moduleAt(address).map(module -> " [" + module.name() + "]").orElse("");
        return symbolAt(address)
                .map(symbol -> symbol.name() + offset(address - symbol.address()) + where)
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
