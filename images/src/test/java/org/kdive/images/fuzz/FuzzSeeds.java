package org.kdive.images.fuzz;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.kdive.images.btf.BtfBuilder;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.Section;
import org.kdive.images.fetch.DebPackages;
import org.kdive.images.initramfs.Content;
import org.kdive.images.initramfs.CpioBuilder;
import org.kdive.images.initramfs.FileTree;
import org.kdive.images.initramfs.InitramfsWriter;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.ForeignKernels;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.kernel.Packing;
import org.kdive.images.symbols.ExportsBuilder;
import org.kdive.images.symbols.KallsymsBuilder;
import org.kdive.images.symbols.KallsymsBuilder.Generation;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Small good files of every format. */
final class FuzzSeeds {
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private FuzzSeeds() {}

    static Map<String, byte[]> kernels() {
        byte[] vmlinux = KernelBuilder.vmlinux();
        byte[] image = KernelBuilder.arm64Image(0xffff800008000000L, true);
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (Compression compression : Compression.values()) {
            seeds.put("bzImage " + compression.label(), KernelBuilder.bzImage(compression, vmlinux));
        }
        seeds.put("vmlinux", vmlinux);
        seeds.put("arm64 Image", image);
        seeds.put("Image.gz", Packing.pack(Compression.GZIP, image));
        seeds.put("Image.lz4", Packing.pack(Compression.LZ4_LEGACY, image));
        seeds.put("Image.lzo", Packing.pack(Compression.LZO, image));
        seeds.put("zImage", KernelBuilder.armZImage(Compression.GZIP, KernelBuilder.armKernel()));
        seeds.put("zboot", KernelBuilder.efiZboot(Compression.GZIP, "gzip", image));
        seeds.put("uImage", KernelBuilder.uImage(1, 22, true, Packing.pack(Compression.GZIP, image)));
        byte[] flat = ForeignKernels.flat(Generation.ABSOLUTE_LONGS, 4, LITTLE, 0xc0100000L);
        seeds.put("old zImage", ForeignKernels.oldX86(0x0203, false, flat));
        byte[] big = ForeignKernels.flat(Generation.OFFSETS_FIRST, 8, ByteOrder.BIG_ENDIAN, 0x100000);
        seeds.put("s390", ForeignKernels.s390(Compression.GZIP, big));
        seeds.put("mips vmlinuz", ForeignKernels.packedElf(true, ByteOrder.BIG_ENDIAN, 8, big));
        return seeds;
    }

    static Map<String, byte[]> packed() {
        byte[] plain = "what is packed, and packed again, and packed again\n"
                .repeat(40)
                .getBytes(StandardCharsets.US_ASCII);
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        List<Compression> all = List.of(Compression.values());
        for (Compression compression : all) {
            for (int sized = 0; sized < 2; sized++) {
                byte[] packed = Packing.pack(compression, plain);
                byte[] seed = new ByteWriter(LITTLE)
                        .u8(all.indexOf(compression))
                        .u8(sized)
                        .u16(plain.length)
                        .bytes(packed)
                        .toArray();
                seeds.put(compression.label() + (sized == 1 ? " of known size" : ""), seed);
            }
        }
        return seeds;
    }

    static Map<String, byte[]> elves() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("x86-64", elf(ElfBuilder.x86(), 0xffffffff81000000L));
        seeds.put("32-bit, big endian", elf(new ElfBuilder(false, ByteOrder.BIG_ENDIAN, 40), 0xc0000000L));
        return seeds;
    }

    private static byte[] elf(ElfBuilder builder, long address) {
        return builder.section(".text", Section.SHF_EXECINSTR, address, new byte[64])
                .section(".modinfo", 0, 0, latin1("license=GPL\0depends=a,b\0"))
                .symbol("start", 1, 2, address + 8, 16)
                .symbol("local", 0, 1, address + 24, 0)
                .build();
    }

    /** As {@link DebPackages#readModule} takes them. */
    static Map<String, byte[]> modules() {
        byte[] elf = elf(ElfBuilder.x86(), 0);
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put(".ko", join(new byte[] {0}, elf));
        seeds.put(".ko.xz", join(new byte[] {1}, Packing.pack(Compression.XZ, elf)));
        seeds.put(".ko.zst", join(new byte[] {2}, Packing.pack(Compression.ZSTD, elf)));
        return seeds;
    }

    static Map<String, byte[]> kallsyms() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (Generation generation : Generation.values()) {
            seeds.put(
                    generation.name(),
                    new KallsymsBuilder(generation, 8, LITTLE)
                            .build(
                                    KallsymsBuilder.symbols(600, TableReaders.BASE, generation.perCpu() ? 10 : 0),
                                    TableReaders.BASE));
        }
        seeds.put(
                "32-bit, big endian",
                new KallsymsBuilder(Generation.OFFSETS_FIRST, 4, ByteOrder.BIG_ENDIAN)
                        .build(KallsymsBuilder.symbols(600, TableReaders.ARM_BASE, 0), TableReaders.ARM_BASE));
        return seeds;
    }

    static Map<String, byte[]> exports() {
        return Map.of(
                "relative", ExportsBuilder.image(LITTLE, 8, true, 3, TableReaders.BASE),
                "absolute", ExportsBuilder.image(LITTLE, 8, false, 2, TableReaders.BASE),
                "32-bit", ExportsBuilder.image(LITTLE, 4, false, 3, TableReaders.ARM_BASE));
    }

    static Map<String, byte[]> systemMaps() {
        return Map.of(
                "64-bit",
                        latin1("0000000000000000 D fixed_percpu_data\nffffffff81000000 T _text\n"
                                + "ffffffff81000100 t symbol_1\nffffffff81000100 W symbol_2\tb[ext4]\n"),
                "32-bit", latin1("c0008000 T stext\nc0008100 t .L0 \nc0009000 B __bss_start\n"));
    }

    static Map<String, byte[]> rustNames() {
        return Map.of(
                "path", latin1("_RNvNtCs1234_7mycrate3foo3bar"),
                "generic", latin1("_RINvC3foo3barRTmsEAlj3_E"),
                "closure", latin1("_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_"),
                "method", latin1("_RNvMC0INtC8arrayvec8ArrayVechKj7b_E3new"),
                "legacy", latin1("_ZN32_$LT$Foo$u20$as$u20$Bar..Baz$GT$3run17h0123456789abcdefE"));
    }

    static Map<String, byte[]> btf() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (ByteOrder order : List.of(LITTLE, ByteOrder.BIG_ENDIAN)) {
            BtfBuilder builder = new BtfBuilder(order, 0, 0);
            int number = builder.integer("int", 4, true);
            int pointer = builder.pointer(number);
            int array = builder.add(3, false, 0, "", 0, number, number, 8);
            int inner = builder.add(5, false, 2, "", 8, 0, pointer, 0, 0, number, 0);
            builder.add(4, true, 3, "t1", 48, 0, number, 4 << 24, 0, array, 64, 0, inner, 320);
            int values = builder.add(6, false, 2, "t3", 4, 0, 1, 0, 2);
            builder.add(19, true, 1, "t4", 8, 0, -1, -1);
            builder.add(8, false, 0, "t5", values);
            int prototype = builder.add(13, false, 2, "", number, 0, pointer, 0, 0);
            builder.add(12, false, 1, "t2", prototype);
            int variable = builder.add(14, false, 0, "t6", number, 1);
            builder.add(15, false, 1, ".data", 64, variable, 8, 4);
            builder.add(10, false, 0, "", builder.add(7, true, 0, "t7", 0));
            seeds.put(order.toString(), builder.toArray());
        }
        return seeds;
    }

    static Map<String, byte[]> orc() {
        ByteWriter out = new ByteWriter(LITTLE).u8(1);
        int count = 40;
        for (int i = 0; i < count; i++) {
            out.u32(0x10L * i - 4L * i);
        }
        for (int i = 0; i < count; i++) {
            out.u16(8L * i).u16(-16 & 0xffff).u16(0x0145);
        }
        return Map.of("ascending", out.toArray());
    }

    static Map<String, byte[]> exidx() {
        int table = 0x800;
        int count = 16;
        ByteWriter out = new ByteWriter(LITTLE).u32(table).u32(count);
        ByteWriter image = new ByteWriter(LITTLE)
                .upTo(0x700)
                .u32(0x8101b201L)
                .u32(0x8401b0b0L)
                .upTo(table);
        for (int i = 0; i < count; i++) {
            int at = image.position();
            image.u32((0x40L * i - at) & 0x7fffffff);
            long distant = (0x700L - (at + 4)) & 0x7fffffff;
            image.u32(i % 3 == 0 ? 0x80a8b0b0L : i % 3 == 1 ? distant : 1);
        }
        return Map.of("three kinds of entries", out.bytes(image.toArray()).toArray());
    }

    static Map<String, byte[]> configs() {
        return Map.of(
                "all kinds",
                latin1("#\n# Linux\n#\nCONFIG_X86=y\nCONFIG_M=m\n# CONFIG_N is not set\nCONFIG_S=\"a \\\"b\\\"\"\n"));
    }

    static Map<String, byte[]> archives() {
        Map<String, byte[]> seeds = new LinkedHashMap<>(plainArchives());
        for (var compression : org.kdive.images.initramfs.Compression.values()) {
            seeds.put(compression.name(), archive(compression));
        }
        return seeds;
    }

    /** The three formats, and one behind the other. */
    static Map<String, byte[]> plainArchives() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (String magic : List.of("070701", "070702", "070707")) {
            seeds.put(
                    magic,
                    new CpioBuilder(magic)
                            .member("d", 040755, "")
                            .member("d/f", 0100644, "some data")
                            .member("l", 0120777, "d/f")
                            .member("p", 010600, "")
                            .build());
        }
        byte[] early = new CpioBuilder("070701").member("early", 0100644, "x").build();
        seeds.put("two segments", join(early, archive(org.kdive.images.initramfs.Compression.GZIP)));
        return seeds;
    }

    private static byte[] archive(org.kdive.images.initramfs.Compression compression) {
        FileTree tree = FileTree.builder()
                .directory("bin", 0755)
                .file("bin/a", 0755, Content.of("contents"))
                .hardLink("bin/b", "bin/a")
                .symlink("c", "bin/a")
                .build();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new InitramfsWriter(compression).withSourceDateEpoch(0).write(tree, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static Map<String, byte[]> lists() {
        return Map.of(
                "every word",
                latin1("# a list\ndir /dev 0755 0 0\nnod /dev/c 644 0 0 c 5 1\nslink /l dev/c 0777 0 0\n"
                        + "pipe /p 600 0 0\nsock /s 600 0 0\n"),
                "only a device",
                latin1("nod /b 0600 1 2 b 8 1\n"));
    }

    static Map<String, byte[]> disks() {
        byte[] ext4 = new ByteWriter(LITTLE)
                .upTo(1024 + 56)
                .u16(0xef53)
                .upTo(1024 + 92)
                .u32(4)
                .u32(0x40)
                .upTo(4096)
                .toArray();
        byte[] qcow2 = new ByteWriter(ByteOrder.BIG_ENDIAN)
                .u32(0x514649fbL)
                .u32(3)
                .upTo(24)
                .u64(1 << 20)
                .upTo(512)
                .toArray();
        return Map.of("ext4", ext4, "qcow2", qcow2);
    }

    static Map<String, byte[]> packages() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("./boot/config-1", latin1("CONFIG_X=y\n"));
        files.put("./boot/vmlinuz-1", new byte[700]);
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        try {
            seeds.put("tar", DebPackages.deb("data.tar", out -> out, files));
            seeds.put("tar.gz", DebPackages.deb("data.tar.gz", GZIPOutputStream::new, files));
            seeds.put("tar.zst", DebPackages.deb("data.tar.zst", ZstdOutputStream::new, files));
            seeds.put(
                    "tar.xz",
                    DebPackages.deb("data.tar.xz", out -> new XZOutputStream(out, new LZMA2Options(0)), files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seeds;
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... parts) {
        ByteWriter all = new ByteWriter(LITTLE);
        for (byte[] part : parts) {
            all.bytes(part);
        }
        return all.toArray();
    }
}
