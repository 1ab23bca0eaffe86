package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The root that a kernel boots into when the user gives none: busybox, an {@code /init} that mounts the usual, says
 * "Hello from kdive, boot took N s" and keeps a shell on the console, and mounts 9p shares as they are plugged in.
 */
public final class BusyboxRoot {
    private BusyboxRoot() {}

    public static FileTree tree(Path busybox) {
        return tree(busybox, List.of());
    }

    /**
     * @param busybox a static one, for the guest's processor
     * @param modules kernel modules in the order that {@code /init} inserts them, uncompressed
     */
    public static FileTree tree(Path busybox, List<Path> modules) {
        FileTree.Builder root = FileTree.builder();
        for (String directory : List.of(
                "bin",
                "sbin",
                "usr",
                "usr/bin",
                "usr/sbin",
                "dev",
                "proc",
                "sys",
                "etc",
                "root",
                "run",
                "mnt",
                "lib")) {
            root.directory(directory, 0755);
        }
        root.directory("tmp", 01777);
        // The kernel opens it for PID 1 before anything is mounted.
        root.characterDevice("dev/console", 0600, 5, 1);
        root.characterDevice("dev/null", 0666, 1, 3);
        root.file("bin/busybox", 0755, busybox);
        // The applets' names come from busybox itself as it starts: the one here may not run on this machine.
        root.symlink("bin/sh", "busybox");
        root.file("init", 0755, resource("init"));
        root.file("sbin/mount-shares", 0755, resource("mount-shares"));
        root.file("etc/profile", 0644, resource("profile"));
        root.file("etc/passwd", 0644, Content.of("root::0:0:root:/root:/bin/sh\n"));
        root.file("etc/group", 0644, Content.of("root:x:0:\n"));
        addModules(root, modules);
        return root.build();
    }

    private static void addModules(FileTree.Builder root, List<Path> modules) {
        int order = 0;
        for (Path module : modules) {
            // The shell's glob sorts by name, which keeps the order.
            String path = "lib/modules/kdive/%03d-%s".formatted(order++, module.getFileName());
            root.parents(path).file(path, 0644, module);
        }
    }

    private static Content resource(String name) {
        try (InputStream in = BusyboxRoot.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new ImageException(new ImageFailure.Missing(name, "not among kdive's own files"));
            }
            return Content.of(in.readAllBytes());
        } catch (IOException e) {
            throw ImageException.io(Path.of(name), e);
        }
    }
}
