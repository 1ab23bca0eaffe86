package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The root that a kernel boots into when the user gives none: busybox, an {@code /init} that mounts the usual, says
 * "Hello Linux", "This boot took N seconds", and keeps a shell on the console, and mounts 9p shares as they are plugged in.
 */
public final class BusyboxRoot {
    /** What becomes of the machine after its modules are in. */
    public enum Style {
        /** {@code /init}, a script that keeps a shell; with {@code root=} it mounts that and hands over to it. */
        INIT,
        /** {@code /linuxrc} and {@code /sbin/init}, which are busybox, with inittab, rcS and fstab. */
        LINUXRC
    }

    private static final List<String> DIRECTORIES = List.of(
            "bin", "sbin", "usr", "usr/bin", "usr/sbin", "dev", "proc", "sys", "etc", "root", "run", "mnt", "lib");

    private BusyboxRoot() {}

    public static FileTree tree(Path busybox) {
        return tree(busybox, List.of());
    }

    public static FileTree tree(Path busybox, List<Path> modules) {
        return tree(busybox, Style.INIT, modules);
    }

    /**
     * @param busybox a static one, for the guest's processor
     * @param modules kernel modules in the order that the root inserts them, uncompressed
     */
    public static FileTree tree(Path busybox, Style style, List<Path> modules) {
        FileTree.Builder root = FileTree.builder();
        DIRECTORIES.forEach(directory -> root.directory(directory, 0755));
        root.directory("tmp", 01777);
        // The kernel opens it for PID 1 before anything is mounted.
        root.characterDevice("dev/console", 0600, 5, 1);
        root.characterDevice("dev/null", 0666, 1, 3);
        root.file("bin/busybox", 0755, busybox);
        // The applets' names come from busybox itself as it starts: the one here may not run on this machine.
        root.symlink("bin/sh", "busybox");
        root.file("sbin/start-guest", 0755, resource("start-guest"));
        root.file("sbin/mount-shares", 0755, resource("mount-shares"));
        root.file("etc/passwd", 0644, Content.of("root::0:0:root:/root:/bin/sh\n"));
        root.file("etc/group", 0644, Content.of("root:x:0:\n"));
        switch (style) {
            case INIT -> addInit(root);
            case LINUXRC -> addLinuxrc(root);
        }
        addModules(root, modules);
        return root.build();
    }

    private static void addInit(FileTree.Builder root) {
        root.file("init", 0755, resource("init"));
        // What the kernel runs when the root is on a disk.
        root.symlink("sbin/init", "/init");
        root.file("sbin/switch-to-root", 0644, resource("switch-to-root"));
        root.file("etc/profile", 0644, resource("profile"));
    }

    private static void addLinuxrc(FileTree.Builder root) {
        for (String name : List.of("linuxrc", "init", "sbin/init")) {
            root.symlink(name, "/bin/busybox");
        }
        root.directory("etc/init.d", 0755);
        root.file("etc/init.d/rcS", 0755, resource("rcS"));
        root.file("etc/inittab", 0644, resource("inittab"));
        root.file("etc/fstab", 0644, resource("fstab"));
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
