package org.kdive.images.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;

final class UImageWriterTest {
    @Test
    void whatIsWrittenIsRecognisedWithItsChecksums() throws IOException {
        byte[] image = KernelBuilder.arm64Image(0xffff800008000000L, true);
        var writer = new UImageWriter(
                "a name that is longer than thirty-two bytes",
                Architecture.ARM64,
                Compression.GZIP,
                0x40080000L,
                0x40080040L,
                7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(Bytes.of("Image.gz", Packing.pack(Compression.GZIP, image)), List.of(), out);

        KernelImage read = KernelImage.of("uImage", out.toByteArray());
        assertThat(read.format()).isEqualTo(KernelFormat.UIMAGE);
        assertThat(read.architecture()).isEqualTo(Architecture.ARM64);
        assertThat(read.payload().toArray()).isEqualTo(image);
        UImage header =
                (UImage) UImage.recognise(Bytes.of("uImage", out.toByteArray())).orElseThrow();
        assertThat(header.loadAddress()).isEqualTo(0x40080000L);
        assertThat(header.entryAddress()).isEqualTo(0x40080040L);
        assertThat(header.name()).isEqualTo("a name that is longer than thirt");
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "GZIP", "BZIP2", "LZMA", "LZ4_FRAME", "ZSTD"})
    void whatFollowsTheKernelIsKeptAsItIs(Compression compression) throws IOException {
        byte[] kernel = KernelBuilder.arm64Image(0xffff800008000000L, false);
        Bytes initramfs = Bytes.of("initramfs", "an initramfs of 24 bytes".getBytes(StandardCharsets.US_ASCII));
        Bytes deviceTree = Bytes.of("dtb", "a tree of 18 bytes".getBytes(StandardCharsets.US_ASCII));
        var writer = new UImageWriter("multi", Architecture.ARM64, compression, 0, 0, 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Bytes packed = Compressor.pack(compression, Bytes.of("Image", kernel));
        writer.write(packed, List.of(initramfs, deviceTree), out);

        KernelImage read = KernelImage.of("uImage", out.toByteArray());
        UImage header = read.uImage().orElseThrow();
        assertThat(header.files().stream().map(Bytes::toArray))
                .containsExactly(packed.toArray(), initramfs.toArray(), deviceTree.toArray());
        assertThat(read.payload().toArray()).isEqualTo(kernel);
        assertThat(read.compression()).isEqualTo(compression);

        byte[] damaged = out.toByteArray();
        damaged[damaged.length - 1] ^= 1; // in the device tree
        assertThatThrownBy(() -> KernelImage.of("uImage", damaged)).hasMessageContaining("uImage data checksum");
    }

    @Test
    void anEmptyFileIsRefused() {
        var writer = new UImageWriter("multi", Architecture.ARM64, Compression.NONE, 0, 0, 7);
        Bytes some = Bytes.of("some", new byte[4]);
        assertThatThrownBy(() ->
                        writer.write(some, List.of(Bytes.of("none", new byte[0])), OutputStream.nullOutputStream()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("none");
    }

    @Test
    void anAddressOfMoreThan32BitsIsRefused() {
        assertThatThrownBy(() -> new UImageWriter("k", Architecture.ARM64, Compression.NONE, 1L << 32, 0, 0))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("0x100000000");
    }
}
