package org.kdive.images.kernel;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;

/**
 * An x86 kernel of before boot protocol 2.08 (Linux 2.6.26), whose header does not tell where the packed kernel is; the
 * oldest have no header but the boot sector's mark. What is inside is flat, not ELF.
 */
record OldX86Image(Bytes bytes, BzImageHeader header, Compression compression, Bytes kernel) implements Container {
    // Linked at __START_KERNEL_map, where every pointer to the kernel's own data has these upper bits.
    private static final long UPPER_HALF = 0xffffffff_80000000L;
    private static final int MANY_POINTERS = 256;

    static Optional<Container> recognise(Bytes file) {
        if (!BzImageHeader.isBootSector(file)) {
            return Optional.empty();
        }
        BzImageHeader header = BzImageHeader.read(file);
        return PackedSearch.find(file, header.protectedModeOffset(), OptionalLong.empty(), PackedSearch::holdsBanner)
                .map(found -> new OldX86Image(file, header, found.compression(), found.kernel()));
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(header.loadedHigh() ? KernelFormat.BZIMAGE : KernelFormat.X86_ZIMAGE);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.empty();
    }

    @Override
    public Optional<BzImageHeader> setupHeader() {
        return Optional.of(header);
    }

    @Override
    public Optional<String> versionText() {
        return header.kernelVersion();
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        boolean is64Bit = pointers() >= MANY_POINTERS;
        return Optional.of(Container.recogniseOr(kernel, is64Bit ? Architecture.X86_64 : Architecture.X86_32));
    }

    private int pointers() {
        int count = 0;
        for (long at = 0; kernel.holds(at, 8) && count < MANY_POINTERS; at += 8) {
            count += (kernel.u64At(at) & UPPER_HALF) == UPPER_HALF && kernel.u64At(at) < -1L << 24 ? 1 : 0;
        }
        return count;
    }
}
