package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.fetch.CacheContents.Item;

final class CacheContentsTest {
    @TempDir
    private Path directory;

    private Path root;
    private CacheContents contents;

    @BeforeEach
    void fill() throws IOException {
        root = directory.resolve("kdive");
        contents = new CacheContents(new Cache(root));
        put("kernels/new/vmlinuz-2", "0123456789");
        put("kernels/new/modules/ext4.ko", "01234");
        put("kernels/old/vmlinuz-1", "0123456789");
        put("names/debian_amd64-cloud", "package=p\nversion=2\nkernel=new/vmlinuz-2\nbytes=10\n");
        put("initramfs/abc.cpio", "01");
        put("initramfs/.abc.cpio.part-12", "0");
        put("unpacked/5dd12d00.kernel", "0123456");
        put("bench/usr/lib/debug/vmlinux", "01");
        put("partial/p.deb", "012");
        put("cds/1-boot.jsa", "0123");
        put("cds/1-boot.jsa.77", "0");
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, text);
    }

    private static List<String> names(List<Item> items) {
        return items.stream().map(Item::name).toList();
    }

    @Test
    void listsWhatThereIsWithItsSize() {
        assertThat(names(contents.list()))
                .containsExactly(
                        "kernels/new",
                        "kernels/old",
                        "unpacked/5dd12d00.kernel",
                        "initramfs/.abc.cpio.part-12",
                        "initramfs/abc.cpio",
                        "cds/1-boot.jsa",
                        "cds/1-boot.jsa.77",
                        "bench/usr",
                        "partial/p.deb");
        assertThat(contents.list().get(0).bytes()).isEqualTo(15);
    }

    @Test
    void prunesWhatNobodyWillAskFor() {
        assertThat(names(contents.prune(false, Progress.silent())))
                .containsExactly(
                        "kernels/old",
                        "unpacked/5dd12d00.kernel",
                        "initramfs/.abc.cpio.part-12",
                        "cds/1-boot.jsa.77",
                        "partial/p.deb");
        assertThat(names(contents.list()))
                .containsExactly("kernels/new", "initramfs/abc.cpio", "cds/1-boot.jsa", "bench/usr");
        assertThat(contents.prune(false, Progress.silent())).isEmpty();
    }

    @Test
    void prunesAll() {
        contents.prune(true, Progress.silent());

        assertThat(contents.list()).isEmpty();
        assertThat(root.resolve("names")).doesNotExist();
    }

    @Test
    void aCacheThatIsNotThereIsEmpty() {
        CacheContents none = new CacheContents(new Cache(directory.resolve("none")));

        assertThat(none.list()).isEmpty();
        assertThat(none.prune(true, Progress.silent())).isEmpty();
        assertThat(directory.resolve("none")).doesNotExist();
    }
}
