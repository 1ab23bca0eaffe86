package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.ImageException;

@Timeout(60)
final class UnpackerTest {
    @TempDir
    private Path directory;

    @Test
    void putsEverythingWhereItBelongsWithModesTimesAndLinks() throws IOException {
        FileTree tree = FileTree.builder()
                .put(new Entry.Directory("etc", new Attributes(0750, 0, 0, 1000)))
                .put(new Entry.RegularFile("etc/a", new Attributes(04711, 0, 0, 2000), Content.of("hello")))
                .put(new Entry.HardLink("b", new Attributes(04711, 0, 0, 2000), "etc/a"))
                .symlink("etc/up", "../b")
                .symlink("abs", "/etc/passwd")
                .put(new Entry.Fifo("pipe", Attributes.rootOwned(0600)))
                .file("new\nline", 0600, Content.of("x"))
                .build();
        Path target = directory.resolve("out");

        new Unpacker().unpack(archive(InitramfsWriterTest.bytes(tree, Compression.ZSTD)), target);

        Inode file = Inode.of(target.resolve("b"));
        assertThat(target.resolve("etc/a")).hasContent("hello");
        assertThat(file.mode() & 07777).isEqualTo(04711);
        assertThat(file.mtimeSeconds()).isEqualTo(2000);
        assertThat(file.links()).isEqualTo(2);
        assertThat(Inode.of(target.resolve("etc")).mode() & 07777).isEqualTo(0750);
        assertThat(Inode.of(target.resolve("etc")).mtimeSeconds()).isEqualTo(1000);
        assertThat(Files.readSymbolicLink(target.resolve("etc/up"))).hasToString("../b");
        assertThat(Files.readSymbolicLink(target.resolve("abs"))).hasToString("/etc/passwd");
        assertThat(Inode.of(target.resolve("pipe")).mode()).isEqualTo(0010600);
        assertThat(Inode.of(target.resolve("pipe")).mtimeSeconds()).isZero();
        assertThat(target.resolve("new\nline")).hasContent("x");
        assertThat(names()).containsExactlyInAnyOrder("out", "archive");
    }

    @Test
    void packsAgainWhatItUnpacked() throws IOException {
        Path source = Files.createDirectories(directory.resolve("source/sub"));
        Files.writeString(source.resolve("file"), "contents");
        Files.createLink(source.resolve("other"), source.resolve("file"));
        Path link = Files.createSymbolicLink(source.resolve("link"), Path.of("file"));
        Files.getFileAttributeView(link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(1_000_000, TimeUnit.SECONDS), null, null);
        FileTree tree = DirectoryPacker.tree(directory.resolve("source"), true);
        Path target = directory.resolve("out");

        new Unpacker().unpack(archive(InitramfsWriterTest.bytes(tree, Compression.GZIP)), target);

        assertThat(InitramfsWriterTest.bytes(DirectoryPacker.tree(target, true), Compression.NONE))
                .isEqualTo(InitramfsWriterTest.bytes(tree, Compression.NONE));
    }

    static List<Arguments> hostile() {
        return List.of(
                hostile("escape by ..", "..", b -> b.member("../evil", 0100644, "x")),
                hostile("absolute name", "absolute", b -> b.member("/tmp/kdive-evil", 0100644, "x")),
                hostile(
                        "write through a symlink",
                        "leads through l",
                        b -> b.member("l", 0120777, "/tmp").member("l/kdive-evil", 0100644, "x")),
                hostile(
                        "make a directory through a symlink",
                        "leads through l",
                        b -> b.member("l", 0120777, "/tmp").member("l/kdive-evil", 040755, "")),
                hostile(
                        "overwrite a symlink",
                        "there twice",
                        b -> b.member("l", 0120777, "/tmp/kdive-evil").member("l", 0100644, "x")),
                hostile(
                        "turn a symlink into a directory",
                        "there twice",
                        b -> b.member("l", 0120777, "/tmp").member("l", 040755, "")),
                hostile("link out of the tree", "out of the tree", b -> b.member("a/l", 0120777, "../../evil")),
                hostile(
                        "the same file twice",
                        "there twice",
                        b -> b.member("a", 0100644, "1").member("./a", 0100644, "2")),
                hostile(
                        "a file below a file",
                        "no directory",
                        b -> b.member("a", 0100644, "1").member("a/b", 0100644, "2")),
                hostile("a size that lies", "cut short", b -> b.raw("a", 0100644, 1, 1, 0xffff_ffffL, new byte[9], 0)),
                hostile("a type that is none", "mode", b -> b.member("a", 0110644, "")));
    }

    private static Arguments hostile(String what, String message, Consumer<CpioBuilder> members) {
        return Arguments.of(what, message, members);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void leavesNothingBehindOf(String what, String message, Consumer<CpioBuilder> members) throws IOException {
        CpioBuilder builder = CpioBuilder.newc().member("good", 0100644, "good");
        members.accept(builder);
        Path archive = archive(builder.build());

        assertThatThrownBy(() -> new Unpacker().unpack(archive, directory.resolve("out")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(message);

        assertThat(names()).containsExactly("archive");
        assertThat(Path.of("/tmp/kdive-evil")).doesNotExist();
    }

    @Test
    void refusesADirectoryThatIsInUseAndTakesAnEmptyOne() throws IOException {
        Path archive = archive(CpioBuilder.newc().member("a", 0100644, "x").build());
        Path used = Files.createDirectory(directory.resolve("used"));
        Files.writeString(used.resolve("mine"), "keep");

        assertThatThrownBy(() -> new Unpacker().unpack(archive, used)).hasMessageContaining("no empty directory");
        new Unpacker().unpack(archive, Files.createDirectory(directory.resolve("empty")));

        assertThat(used).isDirectoryNotContaining("glob:**a").isNotEmptyDirectory();
        assertThat(directory.resolve("empty/a")).hasContent("x");
    }

    @Test
    void stopsABombBeforeTheDiskIsFull() throws IOException {
        FileTree zeros = FileTree.builder()
                .file("z", 0644, Content.of(new byte[8 << 20]))
                .build();
        Path archive = archive(InitramfsWriterTest.bytes(zeros, Compression.GZIP));

        assertThatThrownBy(() -> new Unpacker(1 << 20).unpack(archive, directory.resolve("out")))
                .hasMessageContaining("too large");

        assertThat(names()).containsExactly("archive");
    }

    @Test
    void letsALaterArchiveReplaceFilesOfAnEarlierOneAsTheKernelDoes() throws IOException {
        byte[] one = CpioBuilder.newc()
                .member("d", 040755, "")
                .member("d/a", 0100644, "old")
                .build();
        byte[] two = CpioBuilder.newc()
                .member("d", 040700, "")
                .member("d/a", 0100600, "new")
                .build();
        byte[] both = new byte[one.length + two.length];
        System.arraycopy(one, 0, both, 0, one.length);
        System.arraycopy(two, 0, both, one.length, two.length);

        new Unpacker().unpack(archive(both), directory.resolve("out"));

        assertThat(directory.resolve("out/d/a")).hasContent("new");
        assertThat(Inode.of(directory.resolve("out/d")).mode() & 07777).isEqualTo(0700);
    }

    @Test
    void makesDeviceNodesAsRootAndSaysWhyNotOtherwise() throws IOException {
        Path archive = archive(CpioBuilder.newc()
                .raw("console", 020600, 1, 1, 0, new byte[0], 0x501)
                .build());
        Path target = directory.resolve("out");
        if (Inode.of(directory).userId() == 0) {
            new Unpacker().unpack(archive, target);
            Inode node = Inode.of(target.resolve("console"));
            assertThat(node.mode()).isEqualTo(020600);
            assertThat(node.nodeMajor() + "," + node.nodeMinor()).isEqualTo("5,1");
        } else {
            assertThatThrownBy(() -> new Unpacker().unpack(archive, target)).hasMessageContaining("only root");
            assertThat(target).doesNotExist();
        }
    }

    private Path archive(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("archive"), bytes);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
