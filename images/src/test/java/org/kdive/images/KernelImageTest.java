package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.Packing;
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
}
