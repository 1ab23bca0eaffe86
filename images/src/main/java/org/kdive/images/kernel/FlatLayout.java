package org.kdive.images.kernel;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.LinkMap;

/**
 * Where a kernel without ELF headers is linked. Nothing says so outright; the relative base of its kallsyms does, because
 * it is the first symbol, near the start of the image. Used by one thread, while the symbols are looked for.
 */
public final class FlatLayout implements LinkMap {
    private static final long MEBIBYTE = 1 << 20;
    private static final long SUPERPAGE = 2 << 20;

    private final Bytes image;
    private final Architecture architecture;
    private final OptionalLong textOffset;
    private OptionalLong base = OptionalLong.empty();
    private @Nullable RelaTable relocations; // null until they are asked for

    /** {@code textOffset} is arm's TEXT_OFFSET, how far above the start of its memory the kernel is linked. */
    public FlatLayout(Bytes image, Architecture architecture, OptionalLong textOffset) {
        this.image = image;
        this.architecture = architecture;
        this.textOffset = textOffset;
    }

    /** The link-time address of the image's first byte, once the symbols are found. */
    public OptionalLong base() {
        return base;
    }

    @Override
    public OptionalLong addressOf(long offset) {
        OptionalLong start = base.isPresent() ? base : inferred();
        return start.isPresent() ? OptionalLong.of(start.getAsLong() + offset) : start;
    }

    @Override
    public long relocated(long offset, long word) {
        if (word != 0 || architecture != Architecture.ARM64) {
            return word;
        }
        OptionalLong start = base.isPresent() ? base : relocations().baseFor(offset);
        return start.isPresent()
                ? relocations().addendAt(start.getAsLong() + offset).orElse(0)
                : 0;
    }

    @Override
    public void settle(long firstAddress) {
        base = OptionalLong.of(
                switch (architecture) {
                    // PAGE_OFFSET is a multiple of 256 MiB whatever the split between user and kernel.
                    case ARM -> (firstAddress & 0xf000_0000L) + textOffset.orElse(0x8000);
                    case ARM64, RISCV64, RISCV32, LOONGARCH64 -> firstAddress & -SUPERPAGE;
                    case X86_64, X86_32, MIPS, MIPS64, PPC, PPC64, S390X -> firstAddress & -MEBIBYTE;
                });
    }

    /** Without a word that tells: tables whose entries count from their own place (since 7.0) have none. */
    private OptionalLong inferred() {
        return switch (architecture) {
            case ARM64 -> relocations().likelyBase();
            // KERNEL_LINK_ADDR, arch/riscv/include/asm/pgtable.h, the same since 5.13
            case RISCV64 -> OptionalLong.of(0xffffffff_80000000L);
            default -> OptionalLong.empty();
        };
    }

    private RelaTable relocations() {
        RelaTable known = relocations;
        if (known == null) {
            known = RelaTable.find(image);
            relocations = known;
        }
        return known;
    }
}
