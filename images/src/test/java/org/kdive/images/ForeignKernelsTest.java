package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.ForeignKernels;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.Packing;
import org.kdive.images.symbols.KallsymsBuilder.Generation;
import org.kdive.images.symbols.Symbol;

final class ForeignKernelsTest {
    @ParameterizedTest
    @CsvSource({
        "0x0204, true, 4, 0xc0100000, BZIMAGE, X86_32",
        "0x0203, false, 4, 0xc0100000, X86_ZIMAGE, X86_32",
        "0, false, 4, 0xc0100000, X86_ZIMAGE, X86_32",
        "0x0206, true, 8, 0xffffffff80200000, BZIMAGE, X86_64"
    })
    void opensAnX86KernelThatDoesNotTellWhereItsPayloadIs(
            String protocol, boolean high, int wordBytes, String base, KernelFormat format, Architecture architecture) {
        long start = Long.parseUnsignedLong(base.substring(2), 16);
        byte[] flat = ForeignKernels.flat(Generation.ABSOLUTE_LONGS, wordBytes, ByteOrder.LITTLE_ENDIAN, start);
        KernelImage image = KernelImage.of("vmlinuz", ForeignKernels.oldX86(Integer.decode(protocol), high, flat));
        assertThat(image.format()).isEqualTo(format);
        assertThat(image.compression()).isEqualTo(Compression.GZIP);
        assertThat(image.version()).contains(protocol.equals("0") ? "6.1.99-test" : "2.4.27");
        assertOpened(image, architecture, ByteOrder.LITTLE_ENDIAN, flat, start);
    }

    @Test
    void aBootSectorAloneIsNoKernel() {
        byte[] disk = ForeignKernels.oldX86(0, false, new byte[5000]);
        assertThatThrownBy(() -> KernelImage.of("disk", disk)).hasMessageContaining("not a kernel image");
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "XZ", "ZSTD", "LZ4_LEGACY", "BZIP2", "LZMA", "LZO"})
    void opensAnS390Kernel(Compression compression) {
        byte[] flat = ForeignKernels.flat(Generation.OFFSETS_FIRST, 8, ByteOrder.BIG_ENDIAN, 0x100000);
        KernelImage image = KernelImage.of("vmlinuz", ForeignKernels.s390(compression, flat));
        assertThat(image.format()).isEqualTo(KernelFormat.S390_IMAGE);
        assertThat(image.compression()).isEqualTo(compression);
        assertOpened(image, Architecture.S390X, ByteOrder.BIG_ENDIAN, flat, 0x100000);
    }

    @ParameterizedTest
    @CsvSource({
        "false, LITTLE, 8, MIPS, 0x80100000",
        "false, BIG, 8, MIPS, 0x80100000",
        "true, LITTLE, 8, MIPS64, 0xffffffff80100000",
        "true, BIG, 8, MIPS64, 0xffffffff80100000",
        "false, BIG, 20, PPC, 0xc0000000",
        "true, LITTLE, 21, PPC64, 0xc000000000000000"
    })
    void opensAnElfFileThatUnpacksItself(
            boolean is64Bit, String endian, int machine, Architecture architecture, String base) {
        ByteOrder order = endian.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        long start = Long.parseUnsignedLong(base.substring(2), 16);
        byte[] flat = ForeignKernels.flat(Generation.OFFSETS_LAST, is64Bit ? 8 : 4, order, start);
        KernelImage image = KernelImage.of("vmlinuz", ForeignKernels.packedElf(is64Bit, order, machine, flat));
        assertThat(image.format()).isEqualTo(KernelFormat.PACKED_ELF);
        assertOpened(image, architecture, order, flat, start);
    }

    /** From 7.0 on no word of kallsyms says where an Image is linked: its relocations do, or its architecture. */
    @Test
    void findsWhereAFlatKernelIsLinkedThatOnlyCountsFromPlaceToPlace() {
        for (long base : List.of(0xffff800080000000L, 0xffff800008000000L)) {
            byte[] image = KernelBuilder.arm64Image(base, Generation.PLACE_RELATIVE, true);
            KernelImage arm64 = KernelImage.of("Image", Packing.pack(Compression.GZIP, image));
            assertThat(arm64.linkAddressOf(0)).hasValue(base);
            assertThat(arm64.kallsyms().orElseThrow().stream().map(Symbol::address))
                    .containsExactlyElementsOf(KernelBuilder.symbols(base + 0x10000).stream()
                            .map(Symbol::address)
                            .toList());
        }
    }

    private static void assertOpened(
            KernelImage image, Architecture architecture, ByteOrder order, byte[] flat, long base) {
        assertThat(image.architecture()).isEqualTo(architecture);
        assertThat(image.byteOrder()).isEqualTo(order);
        assertThat(image.payload().toArray()).isEqualTo(flat);
        assertThat(image.banner()).contains(KernelBuilder.BANNER.strip());
        assertThat(image.linkAddressOf(0)).hasValue(base);
        assertThat(image.kallsyms().orElseThrow().stream().map(Symbol::name))
                .containsExactlyElementsOf(
                        KernelBuilder.symbols(base).stream().map(Symbol::name).toList());
        assertThat(ImageReport.of(image).kallsyms()).hasValue(600);
    }
}
