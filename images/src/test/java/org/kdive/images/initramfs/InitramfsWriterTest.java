package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.ImageException;

final class InitramfsWriterTest {
    @TempDir
    private Path directory;

    @Test
    void writesEveryKindOfEntryAsCpioKnowsIt() throws IOException {
        FileTree tree = FileTree.builder()
                .directory("dev", 0755)
                .characterDevice("dev/console", 0600, 5, 1)
                .blockDevice("dev/vda", 0660, 254, 0)
                .file("init", 0755, Content.of("#!/bin/sh\n"))
                .symlink("bin", "usr/bin")
                .put(new Entry.Fifo("pipe", new Attributes(0644, 1000, 100, 77)))
                .put(new Entry.Socket("sock", Attributes.rootOwned(0600)))
                .build();

        List<String> seen = list(bytes(tree, Compression.NONE));

        assertThat(seen)
                .containsExactly(
                        "1 dev 40755 0:0 2 0,0 @0 ",
                        "2 dev/console 20600 0:0 1 5,1 @0 ",
                        "3 dev/vda 60660 0:0 1 254,0 @0 ",
                        "4 init 100755 0:0 1 0,0 @0 #!/bin/sh\n",
                        "5 bin 120777 0:0 1 0,0 @0 usr/bin",
                        "6 pipe 10644 1000:100 1 0,0 @77 ",
                        "7 sock 140600 0:0 1 0,0 @0 ");
    }

    @Test
    void givesTheNamesOfOneFileOneInodeAndTheLastOfThemTheBytes() throws IOException {
        FileTree tree = FileTree.builder()
                .file("a", 0644, Content.of("data"))
                .file("b", 0644, Content.of("other"))
                .hardLink("c", "a")
                .build();

        assertThat(list(bytes(tree, Compression.NONE)))
                .containsExactly(
                        "1 a 100644 0:0 2 0,0 @0 ", "2 b 100644 0:0 1 0,0 @0 other", "1 c 100644 0:0 2 0,0 @0 data");
    }

    @Test
    void keepsNamesThatAreNotUtf8() throws IOException {
        byte[] odd = {'n', (byte) 0xff, (byte) 0xc3, (byte) 0xa9, (byte) 0xc3};
        String name = FileName.decode(odd);

        byte[] archive = bytes(FileTree.builder().directory(name, 0755).build(), Compression.NONE);

        assertThat(FileName.encode(name)).isEqualTo(odd);
        assertThat(FileName.printable(name)).isEqualTo("n\\xffé\\xc3");
        assertThat(new String(archive, StandardCharsets.ISO_8859_1))
                .contains(new String(odd, StandardCharsets.ISO_8859_1));
    }

    @Test
    void writesNoTimeLaterThanTheSourceDateEpoch() throws IOException {
        FileTree tree = FileTree.builder()
                .put(new Entry.Directory("old", Attributes.rootOwned(0755).withMtime(5)))
                .put(new Entry.Directory("new", Attributes.rootOwned(0755).withMtime(2_000_000_000)))
                .build();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new InitramfsWriter(Compression.NONE).withSourceDateEpoch(1000).write(tree, out);

        assertThat(list(out.toByteArray()))
                .containsExactly("1 old 40755 0:0 2 0,0 @5 ", "2 new 40755 0:0 2 0,0 @1000 ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 262_143, 262_144, 262_145, 3_000_000})
    void gzipOnAllCoresReadsBackAsOneMember(int size) throws IOException {
        byte[] data = halfCompressible(size);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var gzip = new ParallelGzipOutputStream(out)) {
            gzip.write(data, 0, size / 3);
            gzip.write(data, size / 3, size - size / 3);
        }

        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        assertThat(new GZIPInputStream(in).readAllBytes()).isEqualTo(data);
        // Once: a second member's header would be a second archive to the kernel.
        assertThat(new String(out.toByteArray(), StandardCharsets.ISO_8859_1)
                        .indexOf("\u001f\u008b\b\0\0\0\0\0\u0002", 1))
                .isNegative();
    }

    @Test
    void leavesNoFileBehindWhenTheSourceIsGone() throws IOException {
        Path source = Files.writeString(directory.resolve("source"), "x");
        FileTree tree = FileTree.builder().file("x", 0644, source).build();
        Files.delete(source);
        Path target = directory.resolve("out.cpio");

        assertThatThrownBy(() -> new InitramfsWriter(Compression.GZIP).write(tree, target))
                .isInstanceOf(ImageException.class);

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesPathsThatClimb() {
        assertThatThrownBy(() -> FileTree.builder().directory("a/../../b", 0755))
                .isInstanceOf(ImageException.class);
        assertThat(FileTree.builder().directory("/a//./b/", 0755).build().find("a/b"))
                .isPresent();
    }

    private static byte[] halfCompressible(int size) {
        byte[] data = new byte[size];
        new Random(1).nextBytes(data);
        for (int i = 0; i < size; i++) {
            data[i] &= 0x0f;
        }
        return data;
    }

    static byte[] bytes(FileTree tree, Compression compression) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new InitramfsWriter(compression).write(tree, out);
        return out.toByteArray();
    }

    /** As another program reads it: inode, name, mode, owner, links, device, mtime, bytes. */
    private static List<String> list(byte[] archive) throws IOException {
        List<String> seen = new ArrayList<>();
        try (CpioArchiveInputStream in = new CpioArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                seen.add("%d %s %o %d:%d %d %d,%d @%d %s"
                        .formatted(
                                e.getInode(),
                                e.getName(),
                                e.getMode(),
                                e.getUID(),
                                e.getGID(),
                                e.getNumberOfLinks(),
                                e.getRemoteDeviceMaj(),
                                e.getRemoteDeviceMin(),
                                e.getTime(),
                                new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            }
        }
        return seen;
    }
}
