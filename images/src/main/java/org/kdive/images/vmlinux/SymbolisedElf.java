package org.kdive.images.vmlinux;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.SymbolTable;

/** A kernel as an ELF file with a symbol table, made from what it carries in itself. */
public final class SymbolisedElf {
    private final List<byte[]> before;
    private final Bytes image;
    private final List<byte[]> behind;
    private final int symbols;

    /** The image is what is large: it is written from where it is. */
    SymbolisedElf(List<byte[]> before, Bytes image, List<byte[]> behind, int symbols) {
        this.before = List.copyOf(before);
        this.image = image;
        this.behind = List.copyOf(behind);
        this.symbols = symbols;
    }

    /**
     * Unpacks the kernel and makes the tables. Its own sections are kept where it has them; a kernel without any gets those
     * that its symbols tell.
     */
    public static SymbolisedElf of(KernelImage kernel) {
        if (kernel.elf().filter(SymbolisedElf::hasSymbols).isPresent()) {
            Bytes whole = kernel.payload();
            return new SymbolisedElf(List.of(), whole, List.of(), 0);
        }
        SymbolTable symbols = kernel.kallsyms()
                .orElseThrow(() -> missing(kernel, "built without CONFIG_KALLSYMS: there are no symbols to give it"));
        return kernel.elf().isPresent()
                ? ElfWithSymbols.of(kernel.elf().get(), symbols)
                : FlatWithSymbols.of(kernel, symbols);
    }

    private static boolean hasSymbols(ElfFile elf) {
        return elf.sections().stream().anyMatch(section -> section.type() == Section.SHT_SYMTAB);
    }

    static ImageException missing(KernelImage kernel, String what) {
        return new ImageException(new ImageFailure.Missing(kernel.source(), what));
    }

    /** How many were added; 0 if the kernel had a symbol table of its own. */
    public int addedSymbols() {
        return symbols;
    }

    public long sizeBytes() {
        return image.size() + sum(before) + sum(behind);
    }

    private static long sum(List<byte[]> parts) {
        return parts.stream().mapToLong(part -> part.length).sum();
    }

    public void writeTo(OutputStream out) throws IOException {
        for (byte[] part : before) {
            out.write(part);
        }
        out.write(image.array(), image.arrayStart(), image.size());
        for (byte[] part : behind) {
            out.write(part);
        }
    }
}
