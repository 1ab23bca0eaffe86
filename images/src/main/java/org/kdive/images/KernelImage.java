package org.kdive.images;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.elf.Section;
import org.kdive.images.kernel.BzImage;
import org.kdive.images.kernel.BzImageHeader;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.Container;
import org.kdive.images.kernel.Decompressor;
import org.kdive.images.kernel.FlatLayout;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.Placement;
import org.kdive.images.kernel.UImage;
import org.kdive.images.kernel.Unpacking;
import org.kdive.images.symbols.ExportedSymbols;
import org.kdive.images.symbols.Kallsyms;
import org.kdive.images.symbols.StaticSymbols;
import org.kdive.images.symbols.SymbolTable;

/**
 * What a kernel file is and what is inside. Immutable; any thread. Opening reads the file and its header; the kernel is
 * unpacked when something inside it is first asked for, the symbols when they are, and both are kept.
 */
public final class KernelImage {
    private static final int MAX_LAYERS = 4;

    private final String source;
    private final Container outermost;
    private final Unpacking how;
    private final Lazy<Opened> opened;
    private final Lazy<Optional<Symbols>> symbols;
    private final Lazy<Optional<String>> banner;

    /** The layers from the file inwards; the last is the kernel itself. */
    private record Opened(
            List<Container> layers, Bytes payload, @Nullable ElfFile elf) {
        Container kernel() {
            return layers.get(layers.size() - 1);
        }
    }

    /** The base is known for a flat kernel only: an ELF file has addresses of its own. */
    private record Symbols(SymbolTable table, OptionalLong flatBase) {}

    private KernelImage(Bytes file, Unpacking how) {
        this.source = file.source();
        this.outermost = Container.recognise(file);
        this.how = how;
        opened = new Lazy<>(this::openAll);
        symbols = new Lazy<>(this::findSymbols);
        banner = new Lazy<>(() -> Identity.findBanner(payload(), readOnlyData()));
    }

    /** Reads the file; does not unpack it. Throws if it is no kernel. */
    public static KernelImage open(Path file) {
        return open(file, Decompressor::unpack);
    }

    /** The same, the kernel to be unpacked in this way. */
    public static KernelImage open(Path file, Unpacking how) {
        return new KernelImage(Bytes.ofFile(file, Decompressor.LIMIT_BYTES), how);
    }

    /** The contents are not copied and must not change. */
    public static KernelImage of(String name, byte[] contents) {
        return new KernelImage(Bytes.of(name, contents), Decompressor::unpack);
    }

    private Opened openAll() {
        List<Container> layers = new ArrayList<>(List.of(outermost));
        Optional<Container> inside = outermost.open(how);
        while (inside.isPresent()) {
            if (layers.size() == MAX_LAYERS) {
                throw new ImageException(
                        new ImageFailure.Unsupported(source, "more than %d layers of packing".formatted(MAX_LAYERS)));
            }
            layers.add(inside.get());
            inside = inside.get().open(how);
        }
        Bytes payload = layers.get(layers.size() - 1).bytes();
        ElfFile elf = ElfFile.isElf(payload) ? ElfFile.read(payload) : null;
        return new Opened(List.copyOf(layers), elf == null ? payload : elf.bytes(), elf);
    }

    /** The file's name, for messages. */
    public String source() {
        return source;
    }

    /** What the file is, leaving aside that it may be compressed as a whole. */
    public KernelFormat format() {
        return outermost
                .format()
                .or(() -> opened.value().layers().stream()
                        .flatMap(layer -> layer.format().stream())
                        .findFirst())
                .orElse(KernelFormat.RAW);
    }

    public Architecture architecture() {
        Optional<Architecture> told = outermost.architecture();
        return told.or(() -> opened.value().kernel().architecture())
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.Unsupported(source, "a kernel for an architecture that we do not know")));
    }

    public ByteOrder byteOrder() {
        return payload().order();
    }

    /** How the kernel is packed; of several layers, the outermost that is. */
    public Compression compression() {
        if (outermost.compression() != Compression.NONE) {
            return outermost.compression();
        }
        return opened.value().layers().stream()
                .map(Container::compression)
                .filter(c -> c != Compression.NONE)
                .findFirst()
                .orElse(Compression.NONE);
    }

    /** The release, as {@code uname -r} says it: "6.1.0-9-amd64". From the header if it tells, else from the banner. */
    public Optional<String> version() {
        return outermost
                .versionText()
                .or(() -> banner().map(text -> text.substring(Identity.BANNER_PREFIX.length())))
                .map(text -> text.split(" ", 2)[0])
                .filter(release -> !release.isEmpty());
    }

    /** The whole "Linux version ..." line, as the kernel prints it first. */
    public Optional<String> banner() {
        return banner.value();
    }

    /** The GNU build-id in hex. */
    public Optional<String> buildId() {
        Opened all = opened.value();
        return Identity.findBuildId(sectionBytes(".notes").orElse(all.payload()));
    }

    /** The unpacked kernel: an ELF file, or what is loaded as it is. The cursor of each answer is its own. */
    public Bytes payload() {
        Bytes payload = opened.value().payload();
        return payload.withOrder(payload.order());
    }

    /** The file as it is, packed. */
    public Bytes file() {
        return outermost.bytes().withOrder(outermost.bytes().order());
    }

    /** Empty for a kernel that is loaded flat, such as an arm64 Image. */
    public Optional<ElfFile> elf() {
        return Optional.ofNullable(opened.value().elf());
    }

    /** The x86 setup header. */
    public Optional<BzImageHeader> setupHeader() {
        return outermost.setupHeader();
    }

    /** U-Boot's header. */
    public Optional<UImage> uImage() {
        return outermost instanceof UImage image ? Optional.of(image) : Optional.empty();
    }

    /** Where in physical memory the kernel wants to be, as the header of one of its layers says. */
    public Optional<Placement> placement() {
        return layers().flatMap(layer -> layer.placement().stream()).findFirst();
    }

    /** The one physical address that the file must be loaded at; empty for most: they move themselves, or adapt. */
    public OptionalLong fixedAddress() {
        return layers().flatMapToLong(layer -> layer.fixedAddress().stream()).findFirst();
    }

    private Stream<Container> layers() {
        return opened.value().layers().stream();
    }

    /** Whether these bytes are in what unpacks the kernel at boot: a bzImage's own code before and behind the payload. */
    boolean decompressorHolds(byte[] needle) {
        if (!(outermost instanceof BzImage bzImage)) {
            return false;
        }
        Bytes file = bzImage.bytes();
        long packedStart =
                bzImage.header().protectedModeOffset() + bzImage.header().payloadOffset();
        return file.slice(0, packedStart).find(needle, 0).isPresent()
                || file.find(needle, packedStart + bzImage.packed().size()).isPresent();
    }

    /** What a flat kernel takes in memory from its first byte on, zeroed data included; empty if its header does not tell. */
    public OptionalLong memoryBytes() {
        return opened.value().kernel().memoryBytes();
    }

    public Optional<Section> findSection(String name) {
        return elf().flatMap(elf -> elf.findSection(name));
    }

    /** The bytes of a section of the unpacked kernel; a stripped distribution kernel still has its section headers. */
    public Optional<Bytes> sectionBytes(String name) {
        return elf().flatMap(elf -> elf.findSection(name).map(elf::bytesOf));
    }

    /**
     * Where the unpacked kernel says execution begins; physical on x86-64. Without ELF headers it is the first byte
     * (arm64, riscv: the header is code as well; arm: what the decompressor jumps to), as linked.
     */
    public OptionalLong entry() {
        Optional<ElfFile> elf = elf();
        return elf.isPresent() ? OptionalLong.of(elf.get().entry()) : flatEntry();
    }

    private OptionalLong flatEntry() {
        return switch (architecture()) {
            case ARM64, ARM, RISCV64, RISCV32 -> linkAddressOf(0);
            // elsewhere the decompressor knows, or the header of another loader
            case X86_64, X86_32, MIPS, MIPS64, PPC, PPC64, S390X, LOONGARCH64 -> OptionalLong.empty();
        };
    }

    /** The symbols the kernel carries in itself, at link-time addresses; empty if built without. */
    public Optional<SymbolTable> kallsyms() {
        return symbols.value().map(Symbols::table);
    }

    /** The link-time virtual address of a byte of the payload; empty if nothing tells. */
    public OptionalLong linkAddressOf(long payloadOffset) {
        Optional<ElfFile> elf = elf();
        if (elf.isPresent()) {
            return elf.get().addressOf(payloadOffset);
        }
        OptionalLong base = symbols.value().map(Symbols::flatBase).orElse(OptionalLong.empty());
        return base.isPresent() ? OptionalLong.of(base.getAsLong() + payloadOffset) : base;
    }

    /** Where the banner's text is linked, found without a symbol: kernels without KALLSYMS_ALL have none for it. */
    public OptionalLong bannerLinkAddress() {
        return Identity.bannerOffset(payload(), readOnlyData()).stream()
                .mapToObj(this::linkAddressOf)
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /**
     * Where the kernel's first byte is linked: {@code _text}, but on riscv, where that is behind {@code _start}. Some linker
     * scripts (arm, arm64, powerpc, riscv) have a section of their own for what comes first.
     */
    public OptionalLong textLinkAddress() {
        Optional<Section> text = findSection(".head.text").or(() -> findSection(".text"));
        if (text.isPresent()) {
            return OptionalLong.of(text.get().address());
        }
        return elf().isPresent() ? OptionalLong.empty() : linkAddressOf(0);
    }

    /** The bytes of the file at the addresses they are linked at. Writable data are as before boot. */
    public Memory linkMemory() {
        Optional<ElfFile> elf = elf();
        if (elf.isPresent()) {
            return elf.get().memory();
        }
        Bytes payload = payload();
        long base = linkAddressOf(0)
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.Missing(source, "nothing tells where this kernel is linked")));
        return (address, length) -> {
            if (!payload.holds(address - base, length)) {
                throw ImageException.memoryFault(address);
            }
            return payload.toArray(address - base, length);
        };
    }

    private Optional<Symbols> findSymbols() {
        Opened all = opened.value();
        int wordBytes = architecture().pointerBytes();
        ElfFile elf = all.elf();
        Bytes named = all.payload().named(source);
        if (elf != null) {
            return Kallsyms.find(named, readOnlyData(), wordBytes, elf::addressOf)
                    .map(table -> new Symbols(
                            ExportedSymbols.complete(table, named, wordBytes, elf::addressOf), OptionalLong.empty()));
        }
        FlatLayout layout =
                new FlatLayout(all.payload(), architecture(), all.kernel().linkAddressHint());
        return Kallsyms.find(named, 0, wordBytes, layout)
                .map(table -> ExportedSymbols.complete(table, named, wordBytes, layout))
                .map(table -> new Symbols(
                        architecture() == Architecture.ARM64 ? StaticSymbols.complete(table, named, layout) : table,
                        layout.base()));
    }

    /** Where in the payload they begin; 0 if nothing tells. */
    private int readOnlyData() {
        ElfFile elf = opened.value().elf();
        return elf == null
                ? 0
                : elf.findSection(".rodata")
                        .filter(section -> elf.bytes().holds(section.offset(), section.sizeBytes()))
                        .map(section -> (int) section.offset())
                        .orElse(0);
    }
}
