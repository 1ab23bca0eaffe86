package org.kdive.images.patches;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.elf.Section;
import org.kdive.images.kernel.RelaTable;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/** A kernel's code as its image has it and as KASLR moves it, and where the kernel will patch it. x86-64 and arm64. */
public final class KernelCode {
    private final KernelImage image;
    private final SymbolTable symbols;
    private final long slideBytes;
    private final List<PatchSite> sites;
    private final @Nullable RelaTable relocations; // of a flat image; null of one with sections

    /** A range of link-time addresses; {@code isCode} is false for data that does not change. */
    public record Piece(String name, long start, long end, boolean isCode) {}

    private KernelCode(
            KernelImage image,
            SymbolTable symbols,
            long slideBytes,
            List<PatchSite> sites,
            @Nullable RelaTable relocations) {
        this.relocations = relocations;
        this.image = image;
        this.symbols = symbols;
        this.slideBytes = slideBytes;
        this.sites = sites;
    }

    /**
     * Throws Unsupported for other architectures: nothing here knows how their kernels patch themselves.
     *
     * @param between called again and again, for arm64's tables are looked for; may throw
     */
    public static KernelCode of(KernelImage image, SymbolTable symbols, long slideBytes, Runnable between) {
        List<PatchSite> sites;
        @Nullable RelaTable relocations = null;
        if (image.architecture() == Architecture.X86_64 && image.elf().isPresent()) {
            sites = new X86PatchSites(image, symbols).all();
        } else if (image.architecture() == Architecture.ARM64) {
            long base = base(image);
            long text = require(symbols, "_stext").address() - base;
            long end = require(symbols, "_etext").address() - base;
            sites = new ArrayList<>(new Arm64PatchSites(image.payload(), text, end, between).all(base));
            relocations = RelaTable.find(image.payload());
            sites.addAll(hypervisor(symbols, relocations));
        } else {
            throw new ImageException(new ImageFailure.Unsupported(
                    image.source(),
                    "comparing the code of a kernel for " + image.architecture().label()));
        }
        return new KernelCode(image, symbols, slideBytes, sites, relocations);
    }

    // what runs at EL2 has addresses of its own: arch/arm64/kvm/hyp/nvhe/gen-hyprel.c
    private static List<PatchSite> hypervisor(SymbolTable symbols, RelaTable relocations) {
        Optional<Symbol> start = symbols.find("__hyp_idmap_text_start").or(() -> symbols.find("__hyp_text_start"));
        Optional<Symbol> end = symbols.find("__hyp_text_end").or(() -> symbols.find("__idmap_text_start"));
        if (start.isEmpty() || end.isEmpty()) {
            return List.of();
        }
        return relocations.within(start.get().address(), end.get().address()).stream()
                .map(place -> new PatchSite(PatchKind.HYPERVISOR, place, 8))
                .toList();
    }

    private static long base(KernelImage image) {
        return image.linkAddressOf(0)
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.Missing(image.source(), "nothing tells where this kernel is linked")));
    }

    private static Symbol require(SymbolTable symbols, String name) {
        return symbols.find(name)
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.Missing(symbols.source(), "no symbol \"%s\"".formatted(name))));
    }

    /** By the section table, or by the symbols of an image without one. */
    public List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        if (image.elf().isPresent()) {
            for (Section section : image.elf().get().sections()) {
                boolean isThere = section.isLoaded() && section.type() != Section.SHT_NOBITS && section.address() != 0;
                if (isThere && (section.isExecutable() || section.name().equals(".rodata"))) {
                    long end = section.address() + section.sizeBytes();
                    pieces.add(new Piece(section.name(), section.address(), end, section.isExecutable()));
                }
            }
        } else {
            between(".text", "_stext", "_etext").ifPresent(pieces::add);
            between(".init.text", "_sinittext", "_einittext").ifPresent(pieces::add);
        }
        return pieces;
    }

    private Optional<Piece> between(String name, String start, String end) {
        return symbols.find(start)
                .flatMap(first -> symbols.find(end)
                        .filter(last -> last.address() - first.address() < 1 << 30)
                        .map(last -> new Piece(name, first.address(), last.address(), true)));
    }

    /** As the image has it, moved by the slide. */
    public byte[] expected(long linkAddress, int length) {
        byte[] code = image.linkMemory().read(linkAddress, length);
        if (relocations == null) {
            new X86Relocations(image).apply(linkAddress, code, slideBytes);
        } else {
            relocations.apply(linkAddress, code, slideBytes);
        }
        return code;
    }

    /** @param live what is in memory where the kernel that is linked there runs */
    public CodeComparison compare(long linkAddress, byte[] live) {
        byte[] expected = expected(linkAddress, live.length);
        List<PatchSite> all = new ArrayList<>(sites);
        if (image.architecture() == Architecture.ARM64) {
            all.addAll(Arm64PatchSites.traced(linkAddress, expected, live));
        }
        return CodeComparison.of(linkAddress, expected, live, all);
    }
}
