package org.kdive.images.linux;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.Symbol;

/**
 * Where a kernel has the machine's memory in its own address space: all of it in the direct map, and its image once more.
 * arch/x86/include/asm/page_64.h, __phys_addr_nodebug; arch/arm64/include/asm/memory.h, __virt_to_phys_nodebug and
 * kimage_voffset.
 *
 * @param base the virtual address of {@code physicalBase}
 * @param image the image's own virtual address, and {@code imagePhysical} what lies there
 */
public record DirectMap(long base, long physicalBase, long image, long imagePhysical, long imageBytes) {
    private static final long START_KERNEL_MAP = 0xffffffff80000000L;
    private static final long PAGE_OFFSET = 0xffff888000000000L; // without CONFIG_DYNAMIC_MEMORY_LAYOUT
    private static final long MOST_IMAGE_BYTES = 1L << 30;

    /** Empty for a kernel of another architecture, and for one that does not tell enough. The program is slid. */
    public static Optional<DirectMap> of(Program program, Memory memory, VmcoreInfo info) {
        OptionalLong start = address(program, "_text");
        OptionalLong end = address(program, "_end");
        if (start.isEmpty() || end.isEmpty()) {
            return Optional.empty();
        }
        long bytes = end.getAsLong() - start.getAsLong();
        boolean plausible = bytes > 0 && bytes <= MOST_IMAGE_BYTES;
        return plausible ? of(program, memory, info, start.getAsLong(), bytes) : Optional.empty();
    }

    private static Optional<DirectMap> of(
            Program program, Memory memory, VmcoreInfo info, long image, long imageBytes) {
        if (program.image().architecture() == Architecture.X86_64) {
            OptionalLong physBase = info.number("phys_base");
            return physBase.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new DirectMap(
                            pageOffset(program, memory),
                            0,
                            image,
                            image - START_KERNEL_MAP + physBase.getAsLong(),
                            imageBytes));
        }
        OptionalLong voffset = info.number("kimage_voffset");
        OptionalLong physOffset = info.number("PHYS_OFFSET");
        OptionalLong bits = info.number("VA_BITS");
        return voffset.isEmpty() || physOffset.isEmpty() || bits.orElse(0) < 36 || bits.orElse(64) > 52
                ? Optional.empty()
                : Optional.of(new DirectMap(
                        -(1L << bits.getAsLong()),
                        physOffset.getAsLong(),
                        image,
                        image - voffset.getAsLong(),
                        imageBytes));
    }

    /**
     * The same of a kernel that has not told of it yet, or is built without. The program is slid.
     *
     * @param imagePhysical where {@code _stext} lies
     * @param addressBits arm64's: 64 less TCR_EL1.T1SZ
     * @param physical RAM
     */
    public static Optional<DirectMap> around(Program program, long imagePhysical, int addressBits, Memory physical) {
        OptionalLong start = address(program, "_stext");
        if (start.isEmpty()) {
            return Optional.empty();
        }
        DirectMap image = new DirectMap(0, 0, start.getAsLong(), imagePhysical, MOST_IMAGE_BYTES);
        if (program.image().architecture() == Architecture.X86_64) {
            return Optional.of(image.withBase(pageOffset(program, image.over(physical)), 0));
        }
        // arch/arm64/mm/init.c; of 64 bits, and signed where RAM begins below what the map is aligned to
        OptionalLong begin = address(program, "memstart_addr");
        boolean isArm64 = program.image().architecture() == Architecture.ARM64;
        return isArm64 && begin.isPresent()
                ? Optional.of(
                        image.withBase(-(1L << addressBits), word(program, image.over(physical), begin.getAsLong())))
                : Optional.empty();
    }

    private DirectMap withBase(long virtual, long physical) {
        return new DirectMap(virtual, physical, image, imagePhysical, imageBytes);
    }

    private static long pageOffset(Program program, Memory memory) {
        OptionalLong variable = address(program, "page_offset_base");
        if (variable.isEmpty()) {
            return PAGE_OFFSET;
        }
        return word(program, memory, variable.getAsLong());
    }

    private static long word(Program program, Memory memory, long address) {
        return Bytes.of("kernel memory", memory.read(address, 8))
                .withOrder(program.image().byteOrder())
                .u64At(0);
    }

    private static OptionalLong address(Program program, String name) {
        return program.findSymbol(name)
                .map(Symbol::address)
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** The virtual address of physical memory, if the kernel has it there: memory that is not the guest's to use it has not. */
    public OptionalLong virtual(long physical, Memory memory) {
        long address = base + (physical - physicalBase);
        try {
            var unused = memory.read(address, 1);
            return OptionalLong.of(address);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** The kernel's image and the memory mapped directly, by virtual address; what else the kernel has mapped is not in it. */
    public Memory over(Memory physical) {
        return (address, length) -> physical.read(
                Long.compareUnsigned(address - image, imageBytes) < 0
                        ? address - image + imagePhysical
                        : address - base + physicalBase,
                length);
    }
}
