package org.kdive.images.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;

/**
 * The raw kernel with the 64-byte header that arm64 and riscv share (Documentation/arch/arm64/booting.rst,
 * Documentation/arch/riscv/boot-image-header.rst). The file is the kernel: its first byte is where _text is linked.
 *
 * <pre>
 * 0x00 code  0x08 text_offset64  0x10 image_size64  0x18 flags64  0x30 riscv: "RISCV\0\0\0"  0x38 "ARM\x64" or "RSC\x05"
 * </pre>
 */
record FlatImage(Bytes bytes, Architecture known, long textOffset, long imageSize, long flags) implements Container {
    private static final byte[] ARM64_MAGIC = "ARMd".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] RISCV_MAGIC = "RSC\u0005".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] RISCV_OLD_MAGIC = "RISCV\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    static Optional<Container> recognise(Bytes file) {
        if (file.holdsAt(0x38, ARM64_MAGIC)) {
            return Optional.of(read(file, Architecture.ARM64));
        }
        if (file.holdsAt(0x38, RISCV_MAGIC) || file.holdsAt(0x30, RISCV_OLD_MAGIC)) {
            // text_offset is one superpage: 2 MiB on 64 bits, 4 MiB on 32 (arch/riscv/kernel/head.S)
            boolean is32Bit = file.u64At(8) == 4 << 20;
            return Optional.of(read(file, is32Bit ? Architecture.RISCV32 : Architecture.RISCV64));
        }
        return Optional.empty();
    }

    private static FlatImage read(Bytes file, Architecture architecture) {
        return new FlatImage(file, architecture, file.u64At(8), file.u64At(0x10), file.u64At(0x18));
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(known == Architecture.ARM64 ? KernelFormat.ARM64_IMAGE : KernelFormat.RISCV_IMAGE);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.of(known);
    }

    /** Bounded: a header may lie, and nobody has a kernel that needs more. */
    @Override
    public OptionalLong memoryBytes() {
        return imageSize >= 0 && imageSize <= Decompressor.LIMIT_BYTES
                ? OptionalLong.of(imageSize)
                : OptionalLong.empty();
    }

    @Override
    public Compression compression() {
        return Compression.NONE;
    }

    @Override
    public Optional<Container> open() {
        return Optional.empty();
    }
}
