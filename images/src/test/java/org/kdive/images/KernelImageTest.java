package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.Section;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.Packing;
import org.kdive.images.kernel.Placement;
import org.kdive.images.symbols.Symbol;

final class KernelImageTest {
    private static final long ARM64_BASE = 0xffff800008000000L;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void opensABzImageOfEveryCompression(Compression compression) {
        byte[] vmlinux = KernelBuilder.vmlinux();
        KernelImage image = KernelImage.of("bzImage", KernelBuilder.bzImage(compression, vmlinux));
        assertThat(image.format()).isEqualTo(KernelFormat.BZIMAGE);
        assertThat(image.architecture()).isEqualTo(Architecture.X86_64);
        assertThat(image.compression()).isEqualTo(compression);
        assertThat(image.version()).contains("6.1.99-test");
        assertThat(image.payload().toArray()).isEqualTo(vmlinux);
        assertThat(image.buildId()).contains(KernelBuilder.BUILD_ID);
        assertThat(image.kallsyms())
                .hasValueSatisfying(table -> assertThat(table.stream().map(Symbol::name))
                        .containsExactlyElementsOf(KernelBuilder.symbols(KernelBuilder.TEXT).stream()
                                .map(Symbol::name)
                                .toList()));
    }

    @Test
    void opensTheVmlinuxItself() {
        KernelImage image = KernelImage.of("vmlinux", KernelBuilder.vmlinux());
        assertThat(image.format()).isEqualTo(KernelFormat.ELF);
        assertThat(image.version()).contains("6.1.99-test");
        assertThat(image.linkMemory().read(KernelBuilder.TEXT, 4)).containsExactly(0, 0, 0, 0);
        assertThat(image.findSection(".rodata")).isPresent();
    }

    @Test
    void theVDsoHasABuildIdOfItsOwn() {
        byte[] id = new byte[20];
        byte[] vdso = new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .bytes(new byte[] {0x7f, 'E', 'L', 'F'})
                .upTo(0x200)
                .u32(4)
                .u32(id.length)
                .u32(3)
                .cstring("GNU")
                .bytes(id)
                .upTo(0x2000)
                .toArray();
        Bytes both = Bytes.of(
                "flat",
                new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                        .upTo(64)
                        .bytes(vdso)
                        .bytes(KernelBuilder.arm64Image(0xffff800008000000L, false))
                        .toArray());
        assertThat(Identity.findBuildId(both)).contains(KernelBuilder.BUILD_ID);
        assertThat(Identity.findBuildId(Bytes.of("vDSO alone", vdso))).contains("00".repeat(20));
    }

    @Test
    void tellsTheTrueBannerFromTheEarlyOne() {
        KernelImage image = KernelImage.of("vmlinux", KernelBuilder.vmlinux());
        assertThat(image.banner()).contains(KernelBuilder.BANNER.strip());
        byte[] read = image.linkMemory().read(image.bannerLinkAddress().orElseThrow(), KernelBuilder.BANNER.length());
        assertThat(read).asString().isEqualTo(KernelBuilder.BANNER);
    }

    @ParameterizedTest
    @CsvSource({
        "true,NONE",
        "false,NONE",
        "true,GZIP",
        "true,ZSTD",
        "true,XZ",
        "true,LZMA",
        "true,BZIP2",
        "true,LZO",
        "true,LZ4_LEGACY",
        "true,LZ4_FRAME"
    })
    void opensAnArm64ImageAndFindsWhereItIsLinked(boolean rela, Compression compression) {
        byte[] image = Packing.pack(compression, KernelBuilder.arm64Image(ARM64_BASE, rela));
        assertArm64(KernelImage.of("Image", image), KernelFormat.ARM64_IMAGE, compression);
    }

    @ParameterizedTest
    @CsvSource({"GZIP,gzip", "ZSTD,zstd", "XZ,xzkern", "LZ4_LEGACY,lz4"})
    void opensEfiZboot(Compression compression, String name) {
        byte[] zboot = KernelBuilder.efiZboot(compression, name, KernelBuilder.arm64Image(ARM64_BASE, true));
        assertArm64(KernelImage.of("vmlinuz.efi", zboot), KernelFormat.EFI_ZBOOT, compression);
    }

    private static void assertArm64(KernelImage image, KernelFormat format, Compression compression) {
        assertThat(image.format()).isEqualTo(format);
        assertThat(image.architecture()).isEqualTo(Architecture.ARM64);
        assertThat(image.compression()).isEqualTo(compression);
        assertThat(image.elf()).isEmpty();
        assertThat(image.kallsyms().flatMap(t -> t.find("_text")).map(Symbol::address))
                .contains(ARM64_BASE + 0x10000);
        assertThat(image.linkAddressOf(0)).hasValue(ARM64_BASE);
        assertThat(image.linkMemory().read(ARM64_BASE, 2)).asString().isEqualTo("MZ");
        assertThat(image.banner()).contains(KernelBuilder.BANNER.strip());
        assertThat(image.buildId()).contains(KernelBuilder.BUILD_ID);
        assertThatThrownBy(() -> image.linkMemory().read(ARM64_BASE - 1, 2))
                .extracting(e -> ((ImageException) e).failure())
                .isEqualTo(new ImageFailure.MemoryFault(ARM64_BASE - 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "XZ", "LZMA", "LZ4_LEGACY", "LZO"})
    void opensAnArmZImageBehindFalseMagics(Compression compression) {
        byte[] kernel = KernelBuilder.armKernel();
        KernelImage image = KernelImage.of("zImage", KernelBuilder.armZImage(compression, kernel));
        assertThat(image.format()).isEqualTo(KernelFormat.ARM_ZIMAGE);
        assertThat(image.compression()).isEqualTo(compression);
        assertThat(image.payload().toArray()).isEqualTo(kernel);
        assertThat(image.kallsyms().flatMap(t -> t.find("_text")).map(Symbol::address))
                .contains(0xc0300000L);
        assertThat(image.linkAddressOf(0)).hasValue(0xc0208000L);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void opensAUImageAroundAZImageOrAPackedImage(boolean multi) {
        byte[] zImage = KernelBuilder.armZImage(Compression.GZIP, KernelBuilder.armKernel());
        KernelImage arm = KernelImage.of("uImage", KernelBuilder.uImage(0, 2, multi, zImage));
        assertThat(arm.format()).isEqualTo(KernelFormat.UIMAGE);
        assertThat(arm.architecture()).isEqualTo(Architecture.ARM);
        assertThat(arm.kallsyms()).isPresent();

        byte[] packed = Packing.pack(Compression.GZIP, KernelBuilder.arm64Image(ARM64_BASE, true));
        assertArm64(
                KernelImage.of("uImage", KernelBuilder.uImage(1, 22, multi, packed)),
                KernelFormat.UIMAGE,
                Compression.GZIP);
    }

    @Test
    void refusesAUImageWhoseBytesHaveChanged() {
        byte[] uImage = KernelBuilder.uImage(0, 2, false, KernelBuilder.armKernel());
        uImage[uImage.length - 1] ^= 1;
        assertThatThrownBy(() -> KernelImage.of("uImage", uImage)).hasMessageContaining("uImage data checksum");
        uImage[40] ^= 1;
        assertThatThrownBy(() -> KernelImage.of("uImage", uImage)).hasMessageContaining("uImage header checksum");
    }

    @Test
    void saysWhatIsNoKernel(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> KernelImage.of("photo.jpg", new byte[] {(byte) 0xff, (byte) 0xd8, 1, 2}))
                .hasMessage("photo.jpg: not a kernel image: it begins with ff d8 01 02");
        assertThatThrownBy(() -> KernelImage.of("empty", new byte[0])).hasMessageContaining("the file is empty");
        Path file = Files.write(directory.resolve("text"), new byte[] {'h', 'i'});
        assertThatThrownBy(() -> KernelImage.open(file)).hasMessageEndingWith("it begins with 68 69");
        assertThatThrownBy(() -> KernelImage.open(directory.resolve("none"))).hasMessageEndingWith("no such file");
        assertThatThrownBy(() -> KernelImage.open(directory)).isInstanceOf(ImageException.class);
    }

    @Test
    void refusesABombBeforeUnpackingIt() {
        byte[] zeros = Packing.pack(Compression.ZSTD, new byte[100 << 20]);
        assertThatThrownBy(() -> KernelImage.of("bomb", zeros).payload())
                .extracting(e -> ((ImageException) e).failure())
                .isInstanceOf(ImageFailure.TooLarge.class);
        byte[] bzImage = KernelBuilder.bzImage(Compression.ZSTD, new byte[100 << 20]);
        assertThatThrownBy(() -> KernelImage.of("bomb", bzImage).payload())
                .extracting(e -> ((ImageException) e).failure())
                .isInstanceOf(ImageFailure.TooLarge.class);
    }

    @Test
    void reportsWhatItFound() {
        byte[] file = KernelBuilder.bzImage(Compression.ZSTD, KernelBuilder.vmlinux());
        ImageReport report = ImageReport.of(KernelImage.of("vmlinuz", file));
        assertThat(report.compiler()).contains("gcc (Test 12) 12.2.0, GNU ld 2.40");
        assertThat(report.linkAddress()).hasValue(KernelBuilder.TEXT);
        assertThat(report.loadAddress()).hasValue(0x1000000);
        assertThat(report.commandLineLimitBytes()).hasValue(2047);
        assertThat(report.kallsyms()).hasValue(600);
        assertThat(report.kaslr()).isTrue();
        assertThat(report.btf() || report.orc() || report.ikconfig()).isFalse();
        assertThat(report.lines())
                .contains(
                        Map.entry("format", "bzImage"),
                        Map.entry("version", "6.1.99-test"),
                        Map.entry("symbols", "600 in kallsyms"));
    }

    @Test
    void reportsWhereAFlatKernelWantsToBe() {
        ImageReport arm64 = ImageReport.of(KernelImage.of("Image", KernelBuilder.arm64Image(ARM64_BASE, true)));
        assertThat(arm64.placement())
                .contains(new Placement(0, 2 << 20, true, 0x400000, OptionalInt.of(4096), ByteOrder.LITTLE_ENDIAN));
        assertThat(arm64.entry()).hasValue(ARM64_BASE);
        assertThat(arm64.loadAddress()).isEmpty();
        assertThat(arm64.commandLineLimitBytes()).isEmpty();
        assertThat(arm64.lines()).contains(Map.entry("placement", "at a boundary of 2 MiB, anywhere in memory"));

        byte[] zImage = KernelBuilder.armZImage(Compression.GZIP, KernelBuilder.armKernel());
        ImageReport arm = ImageReport.of(KernelImage.of("zImage", zImage));
        assertThat(arm.placement().map(Placement::where)).contains("0x208000 above the start of memory");
        assertThat(arm.entry()).hasValue(0xc0208000L);
        assertThat(arm.loadAddress()).isEmpty();
        zImage[0x2a] = 0x40;
        assertThat(ImageReport.of(KernelImage.of("zImage", zImage)).loadAddress())
                .hasValue(0x400000);

        ImageReport uImage = ImageReport.of(KernelImage.of("uImage", KernelBuilder.uImage(0, 2, false, zImage)));
        assertThat(uImage.loadAddress()).hasValue(0x8000);
        assertThat(uImage.entry()).hasValue(0x8040);
    }

    @ParameterizedTest
    @CsvSource({"0, false, 0", "2, false, 4096", "4, false, 16384", "6, false, 65536", "15, true, 65536"})
    void readsTheFlagsOfAnArm64Header(int flags, boolean anywhere, int pageBytes) {
        byte[] image = KernelBuilder.arm64Image(ARM64_BASE, true);
        image[0x18] = (byte) flags;
        image[0x0a] = 8;
        Placement placement = KernelImage.of("Image", image).placement().orElseThrow();
        assertThat(placement.anywhere()).isEqualTo(anywhere);
        assertThat(placement.pageBytes().orElse(0)).isEqualTo(pageBytes);
        assertThat(placement.order()).isEqualTo((flags & 1) != 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        assertThat(placement.textOffset()).isEqualTo(0x80000);
        assertThat(placement.where()).startsWith("0x80000 above a boundary of 2 MiB, ");
    }

    @Test
    void theBufferForTheCommandLineTellsHowLongItMayBe() {
        KernelImage image = KernelImage.open(SmallKernels.require("zImage-6.1-versatile"));
        assertThat(ImageReport.of(image).commandLineLimitBytes()).hasValue(1023); // COMMAND_LINE_SIZE of arm
        KernelImage riscv = KernelImage.open(SmallKernels.require("Image.gz-6.1-riscv64"));
        assertThat(ImageReport.of(riscv).commandLineLimitBytes()).hasValue(1023);
        assertThat(ImageReport.of(riscv).placement().map(Placement::where))
                .contains("0x200000 above a boundary of 2 MiB, near the start of memory");
    }

    @Test
    void theFirstByteIsThatOfTheSectionThatComesFirst() {
        byte[] vmlinux = ElfBuilder.x86()
                .section(".head.text", Section.SHF_EXECINSTR, KernelBuilder.TEXT, new byte[256])
                .section(".text", Section.SHF_EXECINSTR, KernelBuilder.TEXT + 0x8000, new byte[256])
                .build();
        assertThat(KernelImage.of("vmlinux", vmlinux).textLinkAddress()).hasValue(KernelBuilder.TEXT);
    }
}
