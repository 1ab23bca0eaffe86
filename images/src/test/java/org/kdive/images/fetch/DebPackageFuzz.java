package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.ImageException;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Damaged packages: read as far as they are good, or refused with an ImageException; never anything else. */
@Timeout(60)
final class DebPackageFuzz {
    private static final long LIMIT = 1 << 20;
    private static final List<DebPackages.Compressor> COMPRESSORS = List.of(
            out -> out,
            GZIPOutputStream::new,
            ZstdOutputStream::new,
            out -> new XZOutputStream(out, new LZMA2Options(0)));
    private static final List<String> MEMBERS = List.of("data.tar", "data.tar.gz", "data.tar.zst", "data.tar.xz");

    @TempDir
    private Path directory;

    static IntStream seeds() {
        return IntStream.range(0, 400);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aDamagedPackageIsReadOrRefused(int seed) throws IOException {
        Random random = new Random(seed);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("./boot/config-1", "CONFIG_X=y\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        files.put("./boot/vmlinuz-1", new byte[700]);
        byte[] deb = DebPackages.deb(MEMBERS.get(seed % 4), COMPRESSORS.get(seed % 4), files);
        for (int flips = random.nextInt(5); flips >= 0; flips--) {
            deb[random.nextInt(deb.length)] ^= (byte) (1 << random.nextInt(8));
        }
        byte[] damaged = random.nextInt(3) == 0 ? Arrays.copyOf(deb, random.nextInt(deb.length)) : deb;
        Path file = Files.write(directory.resolve("x.deb"), damaged);
        try {
            new DebPackage(file, LIMIT).visit((path, size, in) -> {
                assertThat(directory.resolve(path).normalize()).startsWith(directory);
                in.readAllBytes();
                return true;
            });
        } catch (ImageException e) {
            assertThat(e).hasMessageContaining("x.deb");
        }
    }
}
