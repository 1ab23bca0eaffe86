package org.kdive.images.kernel;

import java.util.Optional;
import org.kdive.images.bytes.Bytes;

/**
 * The setup header of an x86 kernel (Documentation/arch/x86/boot.rst), fields named as there. Fields that the protocol
 * version does not have are 0.
 *
 * @param protocol 0x020f is 2.15
 * @param protectedModeOffset where in the file the protected-mode code begins; QEMU and BIOS loaders put it at 1 MiB
 * @param payloadOffset of the packed kernel, from the protected-mode code
 * @param prefAddress where the kernel is linked to be, physical
 */
public record BzImageHeader(
        int protocol,
        long protectedModeOffset,
        int loadflags,
        long kernelAlignment,
        boolean relocatableKernel,
        int xloadflags,
        long cmdlineSize,
        long payloadOffset,
        long payloadLength,
        long prefAddress,
        long initSize,
        Optional<String> kernelVersion) {
    private static final long HDRS = 0x53726448L;
    private static final int LOADED_HIGH = 1;
    private static final int XLF_KERNEL_64 = 1;

    static boolean isAt(Bytes file) {
        return isBootSector(file) && file.u32At(0x202) == HDRS;
    }

    /** Every x86 kernel began as a floppy's boot sector; so does any bootable disk. */
    static boolean isBootSector(Bytes file) {
        return file.holds(0, 0x268) && file.u16At(0x1fe) == 0xaa55;
    }

    /** Protocol 0 is the one without a header proper, before Linux 1.3.73. */
    static BzImageHeader read(Bytes file) {
        int protocol = isAt(file) ? file.u16At(0x206) : 0;
        int setupSectors = file.u8At(0x1f1) == 0 ? 4 : file.u8At(0x1f1);
        return new BzImageHeader(
                protocol,
                (setupSectors + 1L) * 512,
                protocol >= 0x0200 ? file.u8At(0x211) : 0,
                protocol >= 0x0205 ? file.u32At(0x230) : 0,
                protocol >= 0x0205 && file.u8At(0x234) != 0,
                protocol >= 0x020c ? file.u16At(0x236) : 0,
                protocol >= 0x0206 ? file.u32At(0x238) : 255, // as older boot loaders must assume
                protocol >= 0x0208 ? file.u32At(0x248) : 0,
                protocol >= 0x0208 ? file.u32At(0x24c) : 0,
                protocol >= 0x020a ? file.u64At(0x258) : 0,
                protocol >= 0x020a ? file.u32At(0x260) : 0,
                protocol >= 0x0200 ? version(file) : Optional.empty());
    }

    private static Optional<String> version(Bytes file) {
        int pointer = file.u16At(0x20e);
        return pointer == 0 ? Optional.empty() : Optional.of(file.cstringAt(0x200L + pointer));
    }

    public boolean loadedHigh() {
        return (loadflags & LOADED_HIGH) != 0;
    }

    /** The kernel has the 64-bit entry point; only told by protocol 2.12 and later. */
    public boolean has64BitEntry() {
        return (xloadflags & XLF_KERNEL_64) != 0;
    }
}
