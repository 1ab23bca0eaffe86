package org.kdive.images.kernel;

import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;

/** The kernel as the linker left it, perhaps stripped. */
record Vmlinux(Bytes bytes) implements Container {
    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.ELF);
    }

    @Override
    public Optional<Architecture> architecture() {
        return ElfFile.read(bytes).architecture();
    }

    @Override
    public Compression compression() {
        return Compression.NONE;
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.empty();
    }
}
