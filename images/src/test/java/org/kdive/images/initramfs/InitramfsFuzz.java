package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

/** Damaged archives and lists: either they are still good, or an ImageException says what is wrong. Nothing else. */
@Timeout(60)
final class InitramfsFuzz {
    private static final long LIMIT = 4 << 20;
    private static final String LIST =
            "dir /dev 0755 0 0\nnod /dev/c 644 0 0 c 5 1\nslink /l dev/c 0777 0 0\nfile /f ${F} 0600 0 0 /g\n";

    @TempDir
    private Path directory;

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aDamagedArchiveIsReadOrRefused(int seed) throws IOException {
        Random random = new Random(seed);
        Compression[] kinds = Compression.values();
        // The slow ones rarely.
        Compression kind = seed % 10 == 0
                ? kinds[random.nextInt(kinds.length)]
                : seed % 2 == 0 ? Compression.NONE : Compression.GZIP;
        byte[] archive = damaged(archive(kind), random);
        isGood(() -> InitramfsArchive.read(Bytes.of("fuzz", archive), LIMIT));

        Path target = directory.resolve("out");
        Path file = Files.write(directory.resolve("archive"), archive);
        boolean unpacked = isGood(() -> new Unpacker(LIMIT).unpack(file, target));

        assertThat(Files.exists(target)).isEqualTo(unpacked);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.count()).isEqualTo(unpacked ? 2 : 1);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aDamagedListIsReadOrRefused(int seed) throws IOException {
        Random random = new Random(seed);
        Path file = Files.writeString(directory.resolve("f"), "x");
        byte[] list = damaged(LIST.getBytes(StandardCharsets.UTF_8), random);

        isGood(() -> InitramfsList.parse(
                "fuzz", new String(list, StandardCharsets.ISO_8859_1), directory, Map.of("F", file.toString())));
    }

    private static boolean isGood(Runnable work) {
        try {
            work.run();
            return true;
        } catch (ImageException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            return false;
        }
    }

    private static byte[] archive(Compression compression) throws IOException {
        FileTree tree = FileTree.builder()
                .directory("bin", 0755)
                .file("bin/a", 0755, Content.of("contents"))
                .hardLink("bin/b", "bin/a")
                .symlink("c", "bin/a")
                .put(new Entry.Fifo("p", Attributes.rootOwned(0600)))
                .build();
        return InitramfsWriterTest.bytes(tree, compression);
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                default -> bytes[at] = (byte) "0123456789abcdef/.\n \0".charAt(random.nextInt(21));
            }
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
