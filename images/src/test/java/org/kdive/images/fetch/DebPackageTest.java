package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

final class DebPackageTest {
    private static final long LIMIT = 1 << 20;

    @TempDir
    private Path directory;

    static List<Arguments> compressions() {
        DebPackages.Compressor xz = out -> new XZOutputStream(out, new LZMA2Options(1));
        DebPackages.Compressor zstd = ZstdOutputStream::new;
        DebPackages.Compressor gzip = GZIPOutputStream::new;
        DebPackages.Compressor none = out -> out;
        return List.of(
                Arguments.of("data.tar.xz", xz),
                Arguments.of("data.tar.zst", zstd),
                Arguments.of("data.tar.gz", gzip),
                Arguments.of("data.tar", none));
    }

    @ParameterizedTest
    @MethodSource("compressions")
    void showsEveryFileWhateverTheCompression(String member, DebPackages.Compressor compressor) throws IOException {
        Path deb =
                write(DebPackages.deb(member, compressor, files("./boot/vmlinuz-1", "kernel", "./lib/x.ko", "module")));

        assertThat(contents(deb))
                .containsExactly(Map.entry("boot/vmlinuz-1", "kernel"), Map.entry("lib/x.ko", "module"));
    }

    @Test
    void stopsWhenTheVisitorHasSeenEnough() throws IOException {
        Path deb = write(DebPackages.deb("data.tar", out -> out, files("./a", "1", "./b", "2", "./c", "3")));
        Map<String, Long> seen = new LinkedHashMap<>();

        new DebPackage(deb, LIMIT).visit((path, size, in) -> {
            seen.put(path, size);
            return !path.equals("b");
        });

        assertThat(seen.keySet()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "./../x", "/etc/x", "a/../../x"})
    void refusesNamesThatLeaveThePackage(String name) throws IOException {
        Path deb = write(DebPackages.deb("data.tar", out -> out, files(name, "evil")));

        assertThatThrownBy(() -> contents(deb))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("leaves the package");
    }

    @Test
    void refusesABombBeforeItIsUnpacked() throws IOException {
        Map<String, byte[]> zeros = Map.of("./boot/vmlinuz-1", new byte[2 << 20]);
        Path deb = write(DebPackages.deb("data.tar.zst", ZstdOutputStream::new, zeros));

        assertThatThrownBy(() -> contents(deb))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.failure()).isInstanceOf(ImageFailure.TooLarge.class));
    }

    @Test
    void saysWhatIsWrongWhereverThePackageIsCut() throws IOException {
        byte[] whole = DebPackages.deb("data.tar.gz", GZIPOutputStream::new, files("./boot/vmlinuz-1", "kernel"));
        for (int cut = 0; cut < whole.length; cut++) {
            Path deb = write(java.util.Arrays.copyOf(whole, cut));
            try {
                // A cut within the padding behind the last file may go unnoticed, but never change the file.
                assertThat(contents(deb)).containsEntry("boot/vmlinuz-1", "kernel");
            } catch (ImageException e) {
                assertThat(e).hasMessageContaining(deb.toString());
            }
        }
    }

    private Path write(byte[] deb) throws IOException {
        return Files.write(directory.resolve("x.deb"), deb);
    }

    private static Map<String, byte[]> files(String... namesAndContents) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            files.put(namesAndContents[i], namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }

    private static Map<String, String> contents(Path deb) {
        Map<String, String> contents = new TreeMap<>();
        new DebPackage(deb, LIMIT).visit((path, size, in) -> {
            contents.put(path, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return true;
        });
        return contents;
    }
}
