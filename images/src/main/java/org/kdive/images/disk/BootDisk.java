package org.kdive.images.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.initramfs.Content;
import org.kdive.images.initramfs.FileTree;
import org.kdive.images.initramfs.TreeIdentity;

/**
 * A disk from which U-Boot starts a kernel by itself: on its one partition are the kernel, its initial root, and the
 * {@code /extlinux/extlinux.conf} that U-Boot's "distro boot" looks for (doc/develop/distro.rst). The device tree is the one
 * that U-Boot got from the machine.
 */
public record BootDisk(Path kernel, Optional<Path> initrd, String commandLine) {
    /** U-Boot expands its own variables there: cmd/pxe_utils.c, cli_simple_process_macros. */
    public BootDisk {
        if (commandLine.matches("(?s).*[$'\\\\\\p{Cntrl}].*")) {
            throw new ImageException(new ImageFailure.Unsupported(
                    "kernel command line " + commandLine, "U-Boot reads $, ' and backslash as its own"));
        }
    }

    /** The disk, made now if the directory has none of the same contents. Arrives whole, by rename. */
    public Path in(Path directory) {
        FileTree tree = tree();
        Path disk = directory.resolve(TreeIdentity.of(tree, "boot disk") + ".raw");
        if (!Files.exists(disk)) {
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw ImageException.io(directory, e);
            }
            RootDisk root = RootDisk.partitioned(tree);
            root.write(disk, DiskImage.Format.RAW, root.fittingBytes());
        }
        return disk;
    }

    private FileTree tree() {
        FileTree.Builder tree = FileTree.builder()
                .file("Image", 0644, kernel)
                .directory("extlinux", 0755)
                .file("extlinux/extlinux.conf", 0644, Content.of(configuration()));
        initrd.ifPresent(file -> tree.file("initrd", 0644, file));
        return tree.build();
    }

    private String configuration() {
        String label = "default linux\nlabel linux\n\tkernel /Image\n";
        String root = initrd.isPresent() ? "\tinitrd /initrd\n" : "";
        return label + root + "\tappend " + commandLine + "\n";
    }
}
