package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.kernel.Packing;

/**
 * Real kernels in the packings of distributions whose packages apt cannot fetch: Fedora and Arch have bzImages of zstd or
 * gzip, Alpine of gzip, zstd; on arm64 Fedora has EFI zboot of gzip or zstd, Alpine Image.gz or zboot.
 */
final class DistributionShapesIT {
    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "ZSTD"})
    void aBzImageOfARealVmlinux(Compression compression) {
        KernelImage original = KernelImage.open(SmallKernels.require("bzImage-6.1-kgdb"));
        byte[] vmlinux = original.payload().toArray();
        KernelImage packed = KernelImage.of("vmlinuz", KernelBuilder.bzImage(compression, vmlinux));
        assertThat(packed.format()).isEqualTo(KernelFormat.BZIMAGE);
        assertThat(packed.compression()).isEqualTo(compression);
        assertSameKernel(packed, original);
    }

    @Test
    void anArm64ImageAsZbootAndPackedAsAWhole() {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt on this host");
        KernelImage original = KernelImage.open(KernelFetcher.ofUser()
                .fetch(KernelName.parse("debian/arm64-cloud"), Progress.silent())
                .kernel());
        byte[] image = original.payload().toArray();
        KernelImage zstd = KernelImage.of("vmlinuz.efi", KernelBuilder.efiZboot(Compression.ZSTD, "zstd", image));
        assertThat(zstd.format()).isEqualTo(KernelFormat.EFI_ZBOOT);
        assertSameKernel(zstd, original);
        byte[] gzip = Packing.pack(Compression.GZIP, image);
        KernelImage whole = KernelImage.of("Image.gz", gzip);
        assertThat(whole.format()).isEqualTo(KernelFormat.ARM64_IMAGE);
        assertSameKernel(whole, original);
        KernelImage zboot = KernelImage.of("vmlinuz.efi", KernelBuilder.efiZbootOf("gzip", gzip, image.length));
        assertThat(zboot.compression()).isEqualTo(Compression.GZIP);
        assertSameKernel(zboot, original);
    }

    private static void assertSameKernel(KernelImage packed, KernelImage original) {
        assertThat(packed.payload().toArray()).isEqualTo(original.payload().toArray());
        assertThat(packed.architecture()).isEqualTo(original.architecture());
        assertThat(packed.banner()).isPresent().isEqualTo(original.banner());
        assertThat(packed.buildId()).isPresent().isEqualTo(original.buildId());
        assertThat(packed.textLinkAddress()).isEqualTo(original.textLinkAddress());
        assertThat(packed.kallsyms().orElseThrow().size())
                .isEqualTo(original.kallsyms().orElseThrow().size());
    }
}
