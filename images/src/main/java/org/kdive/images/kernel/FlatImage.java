package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
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
    private static final long SUPERPAGE = 2 << 20;
    private static final long OLD_TEXT_OFFSET = 0x80000;
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

    @Override
    public Optional<Placement> placement() {
        ByteOrder order = (flags & 1) != 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        long memory = memoryBytes().orElse(0);
        if (known != Architecture.ARM64) {
            long boundary = known == Architecture.RISCV32 ? 2 * SUPERPAGE : SUPERPAGE;
            return Optional.of(new Placement(textOffset, boundary, false, memory, OptionalInt.empty(), order));
        }
        // before 3.17 the size was 0 and text_offset of unknown endianness: booting.rst says to assume 0x80000
        long offset = imageSize == 0 ? OLD_TEXT_OFFSET : textOffset;
        int page = (int) (flags >>> 1 & 3);
        OptionalInt pageBytes = page == 0 ? OptionalInt.empty() : OptionalInt.of(1 << 10 + 2 * page);
        return Optional.of(new Placement(offset, SUPERPAGE, (flags & 8) != 0, memory, pageBytes, order));
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
    public Optional<Container> open(Unpacking how) {
        return Optional.empty();
    }
}
