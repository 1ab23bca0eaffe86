package org.kdive.images.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

class KeptKernelsTest {
    private static final int SIZE_BYTES = 2 << 20;

    @TempDir
    private Path parent;

    @Test
    void aKernelIsUnpackedOnceAndMappedThen() throws IOException {
        Path directory = parent.resolve("kept");
        Bytes packed = packed(1);

        Bytes first = unpack(directory, packed, OptionalLong.of(SIZE_BYTES));
        Path file = only(directory);
        assertThat(first.toArray()).isEqualTo(kernel(1));

        // what the file holds is what is answered: nothing is unpacked again
        byte[] marked = kernel(1);
        marked[5] ^= 1;
        Files.write(file, marked);
        assertThat(unpack(directory, packed, OptionalLong.of(SIZE_BYTES)).toArray())
                .isEqualTo(marked);
        assertThat(unpack(directory, packed(2), OptionalLong.empty()).toArray()).isEqualTo(kernel(2));
    }

    @Test
    void aFileOfAnotherSizeIsNotTheKernel() throws IOException {
        unpack(parent, packed(1), OptionalLong.empty());
        Files.write(only(parent), new byte[7]);

        assertThat(unpack(parent, packed(1), OptionalLong.of(SIZE_BYTES)).toArray())
                .isEqualTo(kernel(1));
    }

    @Test
    void theYoungestAreKept() throws IOException {
        for (int i = 0; i < 8; i++) {
            Path old = Files.writeString(parent.resolve(i + ".vmlinux"), "old");
            Files.setLastModifiedTime(old, FileTime.fromMillis(1000L * i));
        }
        unpack(parent, packed(1), OptionalLong.empty());

        assertThat(list(parent)).hasSize(8).noneMatch(file -> file.endsWith("0.vmlinux"));
    }

    @Test
    void withoutRoomItIsUnpackedAllTheSame() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "no directory");

        assertThat(unpack(file, packed(1), OptionalLong.empty()).toArray()).isEqualTo(kernel(1));
    }

    @Test
    void whatIsBrokenIsSaidAndNotKept() throws IOException {
        Bytes packed = packed(1);
        Bytes cut = packed.slice(0, packed.size() - 1000);

        assertThatThrownBy(() -> unpack(parent, cut, OptionalLong.empty())).isInstanceOf(ImageException.class);
        assertThat(list(parent)).isEmpty();
    }

    private static Bytes unpack(Path directory, Bytes packed, OptionalLong size) {
        return new KeptKernels(directory).unpack(Compression.GZIP, packed, size);
    }

    private static Path only(Path directory) throws IOException {
        assertThat(list(directory)).hasSize(1);
        return list(directory).get(0);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static byte[] kernel(int seed) {
        byte[] kernel = new byte[SIZE_BYTES];
        new Random(seed).nextBytes(kernel);
        return kernel;
    }

    private static Bytes packed(int seed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(kernel(seed));
        }
        return Bytes.of("test", out.toByteArray());
    }
}
