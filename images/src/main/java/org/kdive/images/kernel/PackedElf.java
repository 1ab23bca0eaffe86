package org.kdive.images.kernel;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;

/**
 * An ELF file that is only a decompressor with the packed kernel in its data: the vmlinuz of mips
 * (arch/mips/boot/compressed), the zImage of powerpc (arch/powerpc/boot/wrapper).
 */
record PackedElf(Bytes bytes, Architecture known, Compression compression, Bytes kernel) implements Container {
    static Optional<Container> recognise(Bytes file) {
        if (!ElfFile.isElf(file)) {
            return Optional.empty();
        }
        ElfFile elf = ElfFile.read(file);
        Optional<Architecture> architecture = elf.architecture().filter(PackedElf::isPackedSo);
        if (architecture.isEmpty() || PackedSearch.holdsBanner(file)) {
            return Optional.empty();
        }
        return PackedSearch.find(elf.bytes(), 0, OptionalLong.empty(), PackedSearch::holdsBanner)
                .map(found -> new PackedElf(elf.bytes(), architecture.get(), found.compression(), found.kernel()));
    }

    private static boolean isPackedSo(Architecture architecture) {
        return switch (architecture) {
            case MIPS, MIPS64, PPC, PPC64 -> true;
            case X86_64, X86_32, ARM64, ARM, RISCV64, RISCV32, LOONGARCH64, S390X -> false;
        };
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.PACKED_ELF);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.of(known);
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.of(Container.recogniseOr(kernel, known));
    }
}
