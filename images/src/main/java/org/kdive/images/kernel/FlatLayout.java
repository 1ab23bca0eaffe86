package org.kdive.images.kernel;

import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.LinkMap;

/**
 * Where a kernel without ELF headers is linked. Nothing says so outright; the relative base of its kallsyms does, because
 * it is the first symbol, near the start of the image. Used by one thread, while the symbols are looked for.
 */
public final class FlatLayout implements LinkMap {
    private static final long SUPERPAGE = 2 << 20;

    private final Bytes image;
    private final Architecture architecture;
    private final OptionalLong textOffset;
    private OptionalLong base = OptionalLong.empty();

    /** {@code textOffset} is arm's TEXT_OFFSET, how far above the start of its memory the kernel is linked. */
    public FlatLayout(Bytes image, Architecture architecture, OptionalLong textOffset) {
        this.image = image;
        this.architecture = architecture;
        this.textOffset = textOffset;
    }

    /** The link-time address of the image's first byte, once the relative base has been asked for. */
    public OptionalLong base() {
        return base;
    }

    @Override
    public OptionalLong addressOf(long offset) {
        return base.isPresent() ? OptionalLong.of(base.getAsLong() + offset) : base;
    }

    @Override
    public long relocated(long offset, long word) {
        if (word == 0 && architecture == Architecture.ARM64) {
            RelaTable relocations = RelaTable.find(image);
            base = relocations.baseFor(offset);
            return base.isPresent()
                    ? relocations.addendAt(base.getAsLong() + offset).orElse(0)
                    : 0;
        }
        base = OptionalLong.of(baseBelow(word));
        return word;
    }

    private long baseBelow(long firstSymbol) {
        if (architecture == Architecture.ARM) {
            // PAGE_OFFSET is a multiple of 256 MiB whatever the split between user and kernel.
            return (firstSymbol & 0xf000_0000L) + textOffset.orElse(0x8000);
        }
        return firstSymbol & -SUPERPAGE;
    }
}
