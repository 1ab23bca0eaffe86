package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.Section;
import org.kdive.images.symbols.KallsymsBuilder;
import org.kdive.images.symbols.Symbol;

/** Builds small kernel files of every format around a small kernel. */
public final class KernelBuilder {
    public static final long TEXT = 0xffffffff81000000L;
    public static final String BANNER =
            "Linux version 6.1.99-test (me@here) (gcc (Test 12) 12.2.0, GNU ld 2.40) #1 SMP Fri Nov 20 2026\n";
    public static final String BUILD_ID = "00112233445566778899aabbccddeeff00112233";

    private static final int PROTECTED_MODE = 0x400;
    private static final int PAYLOAD = 0x80;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private KernelBuilder() {}

    public static List<Symbol> symbols(long text) {
        return KallsymsBuilder.symbols(600, text, 0);
    }

    /** A vmlinux for x86-64: .text, .rodata with banner and kallsyms, .notes with a build-id. */
    public static byte[] vmlinux() {
        byte[] rodata = readOnlyData(TEXT, TEXT + 0x100000);
        return ElfBuilder.x86()
                .section(".text", Section.SHF_EXECINSTR, TEXT, new byte[256])
                .section(".rodata", 0, TEXT + 0x100000, rodata)
                .section(".notes", 0, TEXT + 0x200000, notes())
                .build();
    }

    private static byte[] readOnlyData(long text, long address) {
        // the early banner comes first, as in 6.2 and later
        byte[] strings = new ByteWriter(LITTLE)
                .cstring("Linux version %s (%s)")
                .cstring(BANNER.replace("#1", "#"))
                .cstring(BANNER)
                .align(64)
                .toArray();
        byte[] tables = new KallsymsBuilder(KallsymsBuilder.Generation.OFFSETS_FIRST, 8, LITTLE)
                .build(symbols(text), address + strings.length);
        return new ByteWriter(LITTLE).bytes(strings).bytes(tables).toArray();
    }

    private static byte[] notes() {
        ByteWriter out =
                new ByteWriter(LITTLE).u32(4).u32(4).u32(1).cstring("GNU").u32(0);
        return out.u32(4)
                .u32(20)
                .u32(3)
                .cstring("GNU")
                .bytes(java.util.HexFormat.of().parseHex(BUILD_ID))
                .toArray();
    }

    /** A bzImage of boot protocol 2.15 around a payload; the size is appended as the build does. */
    public static byte[] bzImage(Compression compression, byte[] vmlinux) {
        byte[] packed = Packing.pack(compression, vmlinux);
        boolean sizeIsInStream = compression == Compression.GZIP || compression == Compression.NONE;
        ByteWriter payload = new ByteWriter(LITTLE).bytes(packed);
        if (!sizeIsInStream) {
            payload.u32(vmlinux.length);
        }
        return new ByteWriter(LITTLE)
                .upTo(0x1f1)
                .u8(PROTECTED_MODE / 512 - 1)
                .upTo(0x1fe)
                .u16(0xaa55)
                .upTo(0x202)
                .text("HdrS")
                .u16(0x020f)
                .upTo(0x20e)
                .u16(0x100)
                .u8(0)
                .u8(1)
                .upTo(0x230)
                .u32(0x200000)
                .u8(1)
                .u8(0)
                .u16(1)
                .u32(2047)
                .upTo(0x248)
                .u32(PAYLOAD)
                .u32(payload.position())
                .upTo(0x258)
                .u64(0x1000000)
                .u32(0x2000000)
                .upTo(0x300)
                .cstring("6.1.99-test (me@here) #1 SMP Fri Nov 20 2026")
                .upTo(PROTECTED_MODE)
                .cstring("KASLR disabled: 'nokaslr' on cmdline.")
                .upTo(PROTECTED_MODE + PAYLOAD)
                .bytes(payload.toArray())
                .toArray();
    }

    /** An arm64 Image linked at a multiple of 2 MiB, its base left to RELA if so wanted. */
    public static byte[] arm64Image(long base, boolean rela) {
        return arm64Image(base, KallsymsBuilder.Generation.OFFSETS_FIRST, rela);
    }

    public static byte[] arm64Image(long base, KallsymsBuilder.Generation generation, boolean rela) {
        long text = base + 0x10000;
        KallsymsBuilder kallsyms = new KallsymsBuilder(generation, 8, LITTLE);
        ByteWriter out = new ByteWriter(LITTLE)
                .text("MZ")
                .upTo(0x10)
                .u64(0x400000)
                .u64(0xa)
                .upTo(0x38)
                .text("ARMd")
                .upTo(0x400)
                .cstring(BANNER)
                .align(64);
        int tables = out.position();
        out.bytes((rela ? kallsyms.relocatedBase() : kallsyms).build(symbols(text), base + tables));
        out.align(8).bytes(notes()).align(8);
        int basePosition = tables + kallsyms.basePosition();
        if (rela) {
            for (int i = 0; i < 100; i++) {
                long relocated = i == 50 ? base + basePosition : base + 0x400 + 8L * i;
                out.u64(relocated).u64(0x403).u64(text + (i == 50 ? 0 : 64L * i));
            }
        }
        return out.toArray();
    }

    /** An arm zImage: false magics, the packed kernel, its size, and the table that tells where the size is. */
    public static byte[] armZImage(Compression compression, byte[] kernel) {
        byte[] packed = Packing.pack(compression, kernel);
        ByteWriter out = new ByteWriter(LITTLE)
                .upTo(0x24)
                .u32(0x016f2818)
                .u32(0)
                .u32(0)
                .u32(0x04030201)
                .u32(0x45454545)
                .u32(0x100)
                .upTo(0x100)
                .u32(6)
                .u32(0x5a534c4b);
        int size = 0x200 + packed.length;
        out.u32(size).u32(0).u32(0x208000).u32(0).u32(0);
        out.upTo(0x180).bytes(new byte[] {0x1f, (byte) 0x8b, 8, 0}).bytes(new byte[] {0x5d, 0, 0, 1});
        return out.upTo(0x200).bytes(packed).u32(kernel.length).toArray();
    }

    public static byte[] armKernel() {
        long base = 0xc0208000L;
        ByteWriter out = new ByteWriter(LITTLE).zeros(0x400).cstring(BANNER).align(64);
        byte[] tables = new KallsymsBuilder(KallsymsBuilder.Generation.OFFSETS_FIRST, 4, LITTLE)
                .build(symbols(0xc0300000L), base + out.position());
        return out.bytes(tables).toArray();
    }

    public static byte[] efiZboot(Compression compression, String name, byte[] image) {
        return efiZbootOf(name, Packing.pack(compression, image), image.length);
    }

    public static byte[] efiZbootOf(String name, byte[] packed, int unpackedBytes) {
        return new ByteWriter(LITTLE)
                .text("MZ\0\0zimg")
                .u32(0x100)
                .u32(packed.length)
                .u64(0)
                .cstring(name)
                .upTo(0x100)
                .bytes(packed)
                .u32(unpackedBytes)
                .toArray();
    }

    /** A uImage; a multi-file one has a second file, as an initrd would be. */
    public static byte[] uImage(int compressionCode, int architectureCode, boolean multi, byte[] data) {
        ByteWriter contents = new ByteWriter(ByteOrder.BIG_ENDIAN);
        if (multi) {
            contents.u32(data.length).u32(4).u32(0);
        }
        contents.bytes(data);
        if (multi) {
            contents.align(4).text("more");
        }
        byte[] all = contents.toArray();
        byte[] header = uImageHeader(0, compressionCode, architectureCode, multi ? 4 : 2, all);
        header = uImageHeader(crc32(header), compressionCode, architectureCode, multi ? 4 : 2, all);
        return new ByteWriter(ByteOrder.BIG_ENDIAN).bytes(header).bytes(all).toArray();
    }

    private static byte[] uImageHeader(long checksum, int compression, int architecture, int type, byte[] data) {
        return new ByteWriter(ByteOrder.BIG_ENDIAN)
                .u32(0x27051956)
                .u32(checksum)
                .u32(0)
                .u32(data.length)
                .u32(0x8000)
                .u32(0x8040)
                .u32(crc32(data))
                .u8(5)
                .u8(architecture)
                .u8(type)
                .u8(compression)
                .bytes("Linux-test".getBytes(StandardCharsets.ISO_8859_1))
                .upTo(64)
                .toArray();
    }

    private static long crc32(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return crc.getValue();
    }
}
