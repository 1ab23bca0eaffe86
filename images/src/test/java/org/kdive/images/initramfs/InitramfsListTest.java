package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.ImageException;

final class InitramfsListTest {
    @TempDir
    private Path directory;

    @Test
    void knowsEveryWordOfTheLanguage() throws IOException {
        Files.writeString(directory.resolve("busybox"), "program");
        Files.setLastModifiedTime(directory.resolve("busybox"), FileTime.fromMillis(5_000));
        String list = """
                # a root
                dir /dev 0755 0 0
                nod /dev/console 644 0 0 c 5 1
                nod /dev/vda 0660 0 6 b 254 16

                file /bin/busybox ${ROOT}/busybox 0755 1 2 /bin/sh /bin/ls
                slink /init bin/busybox 0777 0 0
                pipe /p 0600 0 0
                sock /s 0600 0 0
                """;

        FileTree tree = InitramfsList.parse("list", list, Path.of("/"), Map.of("ROOT", directory.toString()));

        Attributes program = new Attributes(0755, 1, 2, 5);
        assertThat(tree.entries())
                .containsExactly(
                        new Entry.Directory("dev", Attributes.rootOwned(0755)),
                        new Entry.DeviceNode("dev/console", Attributes.rootOwned(0644), false, 5, 1),
                        new Entry.DeviceNode("dev/vda", new Attributes(0660, 0, 6, 0), true, 254, 16),
                        new Entry.RegularFile("bin/busybox", program, Content.ofFile(directory.resolve("busybox"))),
                        new Entry.HardLink("bin/sh", program, "bin/busybox"),
                        new Entry.HardLink("bin/ls", program, "bin/busybox"),
                        new Entry.Symlink("init", Attributes.rootOwned(0777), "bin/busybox"),
                        new Entry.Fifo("p", Attributes.rootOwned(0600)),
                        new Entry.Socket("s", Attributes.rootOwned(0600)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dir /x 0755 0              | dir has 4 words, not 5",
                "dir                        | dir needs a name",
                "dir /x 0999 0 0            | 0999 is no octal number",
                "dir /x 0755 -1 0           | -1 is no decimal number",
                "dir /../x 0755 0 0         | a name that is none: /../x",
                "nod /x 0644 0 0 z 1 1      | neither b nor c",
                "nod /x 0644 0 0 c 9999 1   | 9999 is no decimal number",
                "file /x ${NO} 0644 0 0     | variable NO is not set",
                "file /x nowhere 0644 0 0   | no such file",
                "file /x . 0644 0 0         | no regular file",
                "file /x y                  | file needs",
                "link /x y 0644 0 0         | unknown word link"
            })
    void namesTheLineAndTheReason(String line, String reason) {
        assertThatThrownBy(() -> InitramfsList.parse("my.list", "# one\n" + line, directory, Map.of()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("my.list");
    }

    @Test
    void refusesTheSameNameTwice() {
        assertThatThrownBy(
                        () -> InitramfsList.parse("my.list", "dir a 755 0 0\npipe /a 644 0 0\n", directory, Map.of()))
                .hasMessage("my.list:2: a is there twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dir /dev 0755 0 0\n", "# x\n\n  file /init init 0755 0 0", "nod dev/null 666 0 0 c 1 3"})
    void tellsListsFromOtherFiles(String text) {
        assertThat(InitramfsList.looksLikeList(text)).isTrue();
        assertThat(InitramfsList.looksLikeList("#!/bin/sh\necho " + text.strip()))
                .isFalse();
        assertThat(InitramfsList.looksLikeList("070701" + text)).isFalse();
    }
}
