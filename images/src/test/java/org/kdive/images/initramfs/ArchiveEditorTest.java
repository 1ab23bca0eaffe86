package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;

final class ArchiveEditorTest {
    private final ArchiveEditor editor = new ArchiveEditor(FileTree.builder()
            .directory("usr", 0755)
            .directory("usr/bin", 0755)
            .symlink("bin", "usr/bin")
            .file("usr/bin/busybox", 0755, Content.of("program"))
            .hardLink("usr/bin/sh", "usr/bin/busybox")
            .symlink("init", "/bin/sh")
            .symlink("loop", "loop")
            .build());

    @Test
    void followsLinksInsideTheTreeAsTheGuestWould() {
        assertThat(editor.file("init").path()).isEqualTo("usr/bin/busybox");
        assertThat(editor.file("/bin/../../../bin/sh").content()).isEqualTo(Content.of("program"));
        assertThat(editor.list("bin")).extracting(Entry::path).containsExactly("usr/bin/busybox", "usr/bin/sh");
        assertThat(editor.list("/")).extracting(Entry::path).containsExactly("usr", "bin", "init", "loop");
        assertThatThrownBy(() -> editor.file("loop")).hasMessageContaining("too many symbolic links");
    }

    @Test
    void putsAFileWhereTheLinkLeadsAndMakesTheDirectoriesAbove(@TempDir Path directory) throws IOException {
        Path source = Files.writeString(directory.resolve("x"), "new");

        editor.put("bin/x", source);
        editor.put("etc/conf.d/x", Attributes.rootOwned(0600), Content.of("conf"));

        assertThat(editor.tree().find("usr/bin/x")).isPresent();
        assertThat(editor.tree().require("etc/conf.d")).isInstanceOf(Entry.Directory.class);
    }

    @Test
    void leavesTheOtherNamesOfAReplacedFileAsTheyWere() {
        editor.put("bin/busybox", Attributes.rootOwned(0755), Content.of("other"));

        assertThat(editor.file("bin/busybox").content()).isEqualTo(Content.of("other"));
        assertThat(editor.file("bin/sh").content()).isEqualTo(Content.of("program"));
    }

    @Test
    void removesALinkAndNotWhatItNames() {
        editor.remove("bin");

        assertThat(editor.tree().find("bin")).isEmpty();
        assertThat(editor.tree().find("usr/bin/busybox")).isPresent();
        editor.remove("usr");
        assertThat(editor.tree().entries()).extracting(Entry::path).containsExactly("init", "loop");
    }

    @Test
    void makesNodesWithoutBeingRoot() {
        editor.makeDirectory("dev", Attributes.rootOwned(0755));
        editor.makeNode("dev/vda", Attributes.rootOwned(0660), true, 254, 0);

        assertThat(editor.tree().require("dev/vda"))
                .isEqualTo(new Entry.DeviceNode("dev/vda", Attributes.rootOwned(0660), true, 254, 0));
    }

    @Test
    void refusesWhatAFileSystemWouldRefuse() {
        Content x = Content.of("x");
        assertThatThrownBy(() -> editor.put("usr/bin", Attributes.rootOwned(0644), x))
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> editor.put("usr/bin/busybox/x", Attributes.rootOwned(0644), x))
                .hasMessageContaining("no directory");
        assertThatThrownBy(() -> editor.makeDirectory("usr", Attributes.rootOwned(0755)))
                .hasMessageContaining("there already");
        assertThatThrownBy(() -> editor.remove("nothing")).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> editor.file("usr")).hasMessageContaining("no regular file");
    }

    @Test
    void tellsWhatChanged() {
        FileTree before = editor.tree();
        editor.put("usr/bin/sh", new Attributes(0700, 1, 2, 3), Content.of("PROGRAM"));
        editor.remove("loop");
        editor.makeSymlink("new", "init");

        assertThat(TreeDiff.between(before, editor.tree()))
                .extracting(TreeDiff.Difference::toString)
                .containsExactly(
                        "! usr/bin/sh: mode 0755 -> 0700, owner 0:0 -> 1:2, mtime 0 -> 3, links", "- loop", "+ new");
    }
}
