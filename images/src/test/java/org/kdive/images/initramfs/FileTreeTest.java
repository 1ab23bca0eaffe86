package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FileTreeTest {
    @Test
    void tellsDirectoriesThatTheKernelWouldMiss() {
        FileTree tree = FileTree.builder()
                .directory("dev", 0755)
                .symlink("dev/fd", "/proc/self/fd")
                .symlink("bin/sh", "busybox")
                .symlink("bin/ash", "busybox")
                .symlink("usr/bin/env", "busybox")
                .directory("usr", 0755)
                .symlink("linuxrc", "bin/sh")
                .build();

        assertThat(tree.missingDirectories()).containsExactly("bin", "usr/bin");
    }

    @Test
    void aWholeTreeMissesNothing() {
        FileTree tree = FileTree.builder()
                .directory("bin", 0755)
                .symlink("bin/sh", "busybox")
                .build();

        assertThat(tree.missingDirectories()).isEmpty();
    }
}
