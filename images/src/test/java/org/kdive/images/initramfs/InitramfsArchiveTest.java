package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

final class InitramfsArchiveTest {
    private static final long LIMIT = 64 << 20;
    private static final FileTree TREE = FileTree.builder()
            .directory("bin", 0755)
            .file("bin/busybox", 0755, Content.of("program".repeat(1000)))
            .hardLink("bin/sh", "bin/busybox")
            .symlink("init", "bin/busybox")
            .directory("dev", 0755)
            .characterDevice("dev/console", 0600, 5, 1)
            .file("new\nline", 0600, Content.of(""))
            .put(new Entry.Fifo("fifo", new Attributes(0640, 7, 8, 9)))
            .build();

    @ParameterizedTest
    @EnumSource(Compression.class)
    void readsBackEntryForEntryAndByteForByteWhatItWrote(Compression compression) throws IOException {
        byte[] written = InitramfsWriterTest.bytes(TREE, compression);

        InitramfsArchive archive = read(written);

        assertThat(archive.tree().entries()).containsExactlyElementsOf(TREE.entries());
        assertThat(archive.segments())
                .extracting(InitramfsArchive.Segment::compression)
                .containsExactly(compression);
        assertThat(bytes(archive)).isEqualTo(written);
        assertThat(bytes(archive.withTree(archive.tree()))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"070701", "070702", "070707"})
    void readsTheThreeFormats(String magic) {
        byte[] archive = new CpioBuilder(magic)
                .member(".", 040755, "")
                .member("./etc", 040755, "")
                .member("etc/a", 0100644, "hello")
                .member("l", 0120777, "etc/a")
                .raw("dev", 020600, 9, 1, 0, new byte[0], 0x501)
                .build();

        FileTree tree = read(archive).tree();

        assertThat(tree.entries()).extracting(Entry::path).containsExactly(".", "etc", "etc/a", "l", "dev");
        assertThat(tree.require("etc/a"))
                .isEqualTo(new Entry.RegularFile("etc/a", new Attributes(0644, 0, 0, 7), Content.of("hello")));
        assertThat(tree.require("dev"))
                .isEqualTo(new Entry.DeviceNode("dev", new Attributes(0600, 0, 0, 7), false, 5, 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "GZIP", "XZ_CRC32", "ZSTD", "LZ4_LEGACY", "LZMA"})
    void changesTheLastArchiveOnlyAndKeepsTheMicrocodeInFront(Compression compression) throws IOException {
        byte[] early = CpioBuilder.newc()
                .member("kernel", 040755, "")
                .member("kernel/x86", 040755, "")
                .zeros(0)
                .build();
        byte[] file = join(early, new byte[512 - early.length % 512], InitramfsWriterTest.bytes(TREE, compression));

        InitramfsArchive archive = read(file);
        InitramfsArchive changed = archive.edit(
                tree -> tree.toBuilder().file("etc/new", 0644, Content.of("x")).build());

        assertThat(archive.segments()).hasSize(2);
        assertThat(bytes(archive)).isEqualTo(file);
        InitramfsArchive again = read(bytes(changed));
        assertThat(bytes(changed)).startsWith(early);
        assertThat(again.segments().get(1).compression()).isEqualTo(compression);
        assertThat(again.tree().find("etc/new")).isPresent();
        assertThat(TreeDiff.between(archive.tree(), again.tree()))
                .map(Object::toString)
                .containsExactly("+ etc/new");
    }

    @Test
    void readsTwoCompressedArchivesBehindEachOther() throws IOException {
        FileTree one = FileTree.builder().directory("one", 0755).build();
        FileTree two = FileTree.builder().directory("two", 0755).build();
        for (Compression first : Compression.values()) {
            // bzip2 and lz4 do not tell where they end within what follows.
            if (first == Compression.BZIP2 || first == Compression.LZ4_LEGACY) {
                continue;
            }
            byte[] file = join(InitramfsWriterTest.bytes(one, first), InitramfsWriterTest.bytes(two, Compression.GZIP));
            assertThat(read(file).segments())
                    .as(first.name())
                    .extracting(segment -> segment.tree().entries().get(0).path())
                    .containsExactly("one", "two");
        }
    }

    @Test
    void findsTheBytesOfAFileAtWhicheverOfItsNamesTheyAre() {
        byte[] archive = CpioBuilder.newc()
                .member("a", 0100644, "", 5, 3)
                .member("b", 0100644, "data", 5, 3)
                .member("c", 0100644, "", 5, 3)
                .build();

        FileTree tree = read(archive).tree();

        assertThat(tree.entries())
                .containsExactly(
                        new Entry.RegularFile("a", new Attributes(0644, 0, 0, 7), Content.of("data")),
                        new Entry.HardLink("b", new Attributes(0644, 0, 0, 7), "a"),
                        new Entry.HardLink("c", new Attributes(0644, 0, 0, 7), "a"));
    }

    @Test
    void keepsAFileAliveWhenItsFirstNameGoes() {
        FileTree.Builder builder = TREE.toBuilder();

        assertThat(builder.remove("bin/busybox")).isTrue();

        assertThat(builder.build().require("bin/sh"))
                .isInstanceOfSatisfying(
                        Entry.RegularFile.class,
                        sh -> assertThat(sh.content().sizeBytes()).isEqualTo(7000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../x", "a/../../x", "a/..", "/"})
    void refusesNamesThatLeadOut(String name) {
        assertMalformed(CpioBuilder.newc().member(name, 0100644, "x").build());
    }

    @Test
    void refusesWhatLies() {
        assertMalformed(CpioBuilder.newc()
                .member("a", 0100644, "1")
                .member("a", 0100644, "2")
                .build());
        assertMalformed(CpioBuilder.newc().member("d", 040755, "data").build());
        assertMalformed(CpioBuilder.newc().member("x", 0170000, "").build());
        assertMalformed(CpioBuilder.newc().member("l", 0120777, "").build());
        assertMalformed(
                CpioBuilder.newc().member("l", 0120777, "t".repeat(5000)).build());
        assertMalformed(CpioBuilder.newc().member("n".repeat(5000), 040755, "").build());
        assertMalformed(CpioBuilder.newc().member("nul\0inside", 040755, "").build());
        assertMalformed(CpioBuilder.newc().member("a", 0100644, "x").unfinished());
        assertMalformed(CpioBuilder.newc()
                .raw("a", 0100644, 1, 1, 0x7000_0000L, new byte[9], 0)
                .build());
        byte[] sum = new CpioBuilder("070702").member("a", 0100644, "good").build();
        sum[new String(sum, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("good")] = 'f';
        assertMalformed(sum);
        assertMalformed(new byte[100]);
        assertMalformed(new byte[0]);
        assertMalformed("no archive".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void refusesFourGigabytesThatAreNotThereWithoutAllocatingThem() {
        byte[] archive = CpioBuilder.newc()
                .raw("a", 0100644, 1, 1, 0xffff_ffffL, new byte[9], 0)
                .build();

        assertThatThrownBy(() -> read(archive))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfAny(ImageFailure.TooLarge.class, ImageFailure.Malformed.class));
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "XZ_CRC32", "ZSTD", "LZ4_LEGACY", "LZMA", "BZIP2"})
    void stopsABomb(Compression compression) throws IOException {
        FileTree zeros = FileTree.builder()
                .file("zeros", 0644, Content.of(new byte[16 << 20]))
                .build();
        byte[] bomb = InitramfsWriterTest.bytes(zeros, compression);

        assertThatThrownBy(() -> InitramfsArchive.read(Bytes.of("bomb", bomb), 1 << 20))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.failure()).isInstanceOf(ImageFailure.TooLarge.class));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void namesTheFileWhereverItIsCut(Compression compression) throws IOException {
        byte[] whole =
                InitramfsWriterTest.bytes(FileTree.builder().symlink("a", "b").build(), compression);
        // The trailer's name ends there; a cut in the padding behind it does no harm.
        int needed = compression == Compression.NONE ? 237 : whole.length;
        for (int cut = 0; cut < needed; cut += compression == Compression.NONE ? 1 : 1 + needed / 12) {
            byte[] part = Arrays.copyOf(whole, cut);
            assertThatThrownBy(() -> read(part))
                    .as("cut at %d of %d", cut, whole.length)
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("test");
        }
    }

    private static void assertMalformed(byte[] archive) {
        assertThatThrownBy(() -> read(archive))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.failure()).isInstanceOf(ImageFailure.Malformed.class));
    }

    static InitramfsArchive read(byte[] archive) {
        return InitramfsArchive.read(Bytes.of("test", archive), LIMIT);
    }

    private static byte[] bytes(InitramfsArchive archive) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        archive.write((OutputStream) out);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<byte[]> all = new ArrayList<>(List.of(parts));
        all.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
