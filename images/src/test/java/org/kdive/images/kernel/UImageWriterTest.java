package org.kdive.images.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
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
        writer.write(Bytes.of("Image.gz", Packing.pack(Compression.GZIP, image)), out);

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

    @Test
    void anAddressOfMoreThan32BitsIsRefused() {
        assertThatThrownBy(() -> new UImageWriter("k", Architecture.ARM64, Compression.NONE, 1L << 32, 0, 0))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("0x100000000");
    }
}
