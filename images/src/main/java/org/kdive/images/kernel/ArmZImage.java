package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * A 32-bit arm kernel with its decompressor (arch/arm/boot/compressed/head.S).
 *
 * <pre>
 * 0x24 016f2818  0x28 start  0x2c end  0x30 04030201  0x34 45454545  0x38 offset of the table (4.15)
 * table: { words32, tag32, data }*   tag "KLSZ": offset of the unpacked size, size of bss, TEXT_OFFSET, ...
 * </pre>
 *
 * Nothing says where the packed kernel begins: it is looked for until one unpacks to the known size, so that this layer holds what is inside.
 */
record ArmZImage(Bytes bytes, Compression compression, Bytes kernel, OptionalLong textOffset) implements Container {
    private static final long MAGIC = 0x016f2818L;
    private static final long TABLE_MAGIC = 0x45454545L;
    private static final long TAG_KERNEL_SIZE = 0x5a534c4bL;
    private static final int MAX_TAGS = 64;

    static Optional<Container> recognise(Bytes file) {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            Bytes ordered = file.withOrder(order);
            if (file.holds(0, 0x34) && ordered.u32At(0x24) == MAGIC) {
                return Optional.of(read(ordered));
            }
        }
        return Optional.empty();
    }

    private static ArmZImage read(Bytes file) {
        OptionalLong size = OptionalLong.empty();
        OptionalLong textOffset = OptionalLong.empty();
        if (file.holds(0x34, 8) && file.u32At(0x34) == TABLE_MAGIC) {
            Bytes table = file.sliceFrom(file.u32At(0x38));
            long words = table.u32();
            for (int i = 0; words != 0 && i < MAX_TAGS; i++) {
                Bytes entry = table.take((words - 1) * 4);
                if (entry.u32() == TAG_KERNEL_SIZE) {
                    size = OptionalLong.of(file.u32At(entry.u32()));
                    textOffset = words >= 5 ? OptionalLong.of(entry.skip(4).u32()) : OptionalLong.empty();
                }
                words = table.u32();
            }
        }
        return find(file, size, textOffset);
    }

    private static ArmZImage find(Bytes file, OptionalLong size, OptionalLong textOffset) {
        PackedSearch.Found found = PackedSearch.find(file, 0x38, size, kernel -> kernel.size() > 0)
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.NotAKernel(file.source(), "zImage without a packed kernel inside")));
        return new ArmZImage(file, found.compression(), found.kernel(), textOffset);
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.ARM_ZIMAGE);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.of(Architecture.ARM);
    }

    /** Of the unpacked kernel; itself it runs from wherever it is, unless it was linked to be in ROM. */
    @Override
    public Optional<Placement> placement() {
        return textOffset.isEmpty()
                ? Optional.empty()
                : Optional.of(new Placement(textOffset.getAsLong(), 0, false, 0, OptionalInt.empty(), kernel.order()));
    }

    /** The start that the header tells: CONFIG_ZBOOT_ROM_TEXT; 0 where it does not matter. */
    @Override
    public OptionalLong fixedAddress() {
        long start = bytes.u32At(0x28);
        return start == 0 ? OptionalLong.empty() : OptionalLong.of(start);
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.of(new RawKernel(kernel, Architecture.ARM, textOffset));
    }
}
