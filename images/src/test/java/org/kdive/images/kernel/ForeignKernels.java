package org.kdive.images.kernel;

import java.nio.ByteOrder;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.KallsymsBuilder;
import org.kdive.images.symbols.KallsymsBuilder.Generation;

/** Kernel files of the shapes that are rarer now: old x86 ones, s390x, mips and powerpc. */
public final class ForeignKernels {
    private static final byte[] FALSE_MAGIC = {0x1f, (byte) 0x8b, 8, 0, 0};

    private ForeignKernels() {}

    /** What the decompressors of those unpack: text, the banner and kallsyms, linked at a base. */
    public static byte[] flat(Generation generation, int wordBytes, ByteOrder order, long base) {
        ByteWriter out = new ByteWriter(order).zeros(0x400).cstring(KernelBuilder.BANNER);
        out.align(64);
        byte[] tables = new KallsymsBuilder(generation, wordBytes, order)
                .build(KernelBuilder.symbols(base), base + out.position());
        out.bytes(tables).align(8);
        for (int i = 0; i < 300; i++) {
            out.word(base + 16L * i, wordBytes); // pointers to itself, as any kernel is full of
        }
        return out.toArray();
    }

    /**
     * @param protocol 0 for a kernel that has no header but the boot sector's mark
     * @param loadedHigh a bzImage; otherwise a zImage
     */
    public static byte[] oldX86(int protocol, boolean loadedHigh, byte[] kernel) {
        ByteWriter out = new ByteWriter(ByteOrder.LITTLE_ENDIAN).upTo(0x1f1).u8(4);
        out.upTo(0x1fe).u16(0xaa55);
        if (protocol != 0) {
            out.upTo(0x202).text("HdrS").u16(protocol).upTo(0x20e).u16(0x100);
            out.upTo(0x211).u8(loadedHigh ? 1 : 0).upTo(0x300).cstring("2.4.27 (me@here) #1 Fri Nov 20 2026");
        }
        return out.upTo(5 * 512)
                .bytes(FALSE_MAGIC)
                .zeros(50)
                .bytes(Packing.pack(Compression.GZIP, kernel))
                .zeros(20)
                .toArray();
    }

    public static byte[] s390(Compression compression, byte[] kernel) {
        return new ByteWriter(ByteOrder.BIG_ENDIAN)
                .upTo(0x10008)
                .text("S390EP")
                .upTo(0x11000)
                .bytes(FALSE_MAGIC)
                .bytes(Packing.pack(compression, kernel))
                .u32(Integer.reverseBytes(kernel.length)) // little endian on every architecture
                .zeros(16)
                .toArray();
    }

    /** @param machine 8 is mips, 20 and 21 are powerpc */
    public static byte[] packedElf(boolean is64Bit, ByteOrder order, int machine, byte[] kernel) {
        byte[] data = new ByteWriter(order)
                .cstring("Linux version %s")
                .bytes(FALSE_MAGIC)
                .bytes(Packing.pack(Compression.GZIP, kernel))
                .toArray();
        return new ElfBuilder(is64Bit, order, machine)
                .section(".text", Section.SHF_EXECINSTR, 0x810f0000L, new byte[256])
                .section(".data", 1, 0x810f1000L, data)
                .build();
    }
}
