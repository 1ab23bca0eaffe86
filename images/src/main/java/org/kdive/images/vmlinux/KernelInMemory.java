package org.kdive.images.vmlinux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.btf.Btf;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.StaticSymbols;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SymbolTableBuilder;

/**
 * A kernel as it lies in the memory of a guest that runs it: what it is, its symbols, types and unwind tables, with no file
 * of it at hand. Its code is patched and its data are of this moment; the tables are as in its image. Immutable.
 */
public final class KernelInMemory {
    private static final String NAME = "the guest's memory";

    private final Architecture architecture;
    private final long address;
    private final byte[] contents;
    private final KernelImage image;

    private KernelInMemory(Architecture architecture, long address, byte[] contents) {
        this.architecture = architecture;
        this.address = address;
        this.contents = contents;
        this.image = image(address, List.of());
    }

    /**
     * Reads tens of megabytes. Empty if nothing is mapped there, or what is mapped there has no kernel's banner.
     *
     * @param memory run-time virtual
     * @param codeAddress some address in the kernel's code
     */
    public static Optional<KernelInMemory> find(Architecture architecture, Memory memory, long codeAddress) {
        KernelExtent extent = new KernelExtent(memory);
        OptionalLong begin = extent.begin(codeAddress);
        if (begin.isEmpty()) {
            return Optional.empty();
        }
        byte[] contents = extent.contents(begin.getAsLong());
        KernelInMemory kernel = new KernelInMemory(architecture, begin.getAsLong(), contents);
        return kernel.banner().isPresent() ? Optional.of(kernel) : Optional.empty();
    }

    /** Where its first mapped byte is, run-time virtual: {@code _text}, or {@code _stext} where the head is not mapped. */
    public long address() {
        return address;
    }

    public long sizeBytes() {
        return contents.length;
    }

    public Optional<String> banner() {
        return image.banner();
    }

    /** At run-time addresses; empty if the kernel was built without. */
    public Optional<SymbolTable> symbols() {
        Bytes all = Bytes.of(NAME, contents);
        return image.kallsyms()
                .map(table -> architecture == Architecture.ARM64
                        ? StaticSymbols.completeLive(table, all, offset -> OptionalLong.of(address + offset))
                        : table);
    }

    /**
     * The kernel as it was linked, slid to where it runs, or as good as that where there are no symbols.
     *
     * @param slideBytes how far it was moved
     */
    public Program program(long slideBytes) {
        SymbolTable table = symbols().orElseGet(() -> SymbolTable.empty(NAME));
        SymbolTableBuilder linked = new SymbolTableBuilder(table.size());
        table.copyTo(linked, -slideBytes);
        return Program.of(image(address - slideBytes, parts(table)), linked.build(table.source()));
    }

    private KernelImage image(long linkAddress, List<LoadedElf.Part> parts) {
        List<LoadedElf.Part> all = new ArrayList<>(parts);
        all.add(new LoadedElf.Part(".text", 0, contents.length)); // what a kernel begins with
        return KernelImage.of(NAME, LoadedElf.of(architecture, linkAddress, contents, all));
    }

    // include/asm-generic/vmlinux.lds.h names the ends of what is looked for by name
    private List<LoadedElf.Part> parts(SymbolTable table) {
        List<LoadedElf.Part> parts = new ArrayList<>();
        part(table, ".rodata", "__start_rodata", "__end_rodata").ifPresent(parts::add);
        part(table, ".orc_unwind_ip", "__start_orc_unwind_ip", "__stop_orc_unwind_ip")
                .ifPresent(parts::add);
        part(table, ".orc_unwind", "__start_orc_unwind", "__stop_orc_unwind").ifPresent(parts::add);
        part(table, ".orc_header", "__start_orc_header", "__stop_orc_header").ifPresent(parts::add);
        part(table, ".notes", "__start_notes", "__stop_notes").ifPresent(parts::add);
        part(table, ".BTF", "__start_BTF", "__stop_BTF").or(this::types).ifPresent(parts::add);
        return parts;
    }

    // by its own header, where no symbol tells
    private Optional<LoadedElf.Part> types() {
        Bytes all = Bytes.of(NAME, contents);
        return Btf.find(all)
                .map(found -> new LoadedElf.Part(".BTF", found.arrayStart() - all.arrayStart(), found.size()));
    }

    private Optional<LoadedElf.Part> part(SymbolTable table, String name, String begin, String end) {
        Optional<Symbol> first = table.find(begin);
        Optional<Symbol> last = table.find(end);
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        long offset = first.get().address() - address;
        long size = last.get().address() - first.get().address();
        boolean inside = offset >= 0 && size > 0 && size <= contents.length - offset;
        return inside ? Optional.of(new LoadedElf.Part(name, offset, size)) : Optional.empty();
    }
}
