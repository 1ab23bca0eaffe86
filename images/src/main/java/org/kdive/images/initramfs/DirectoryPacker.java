package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** A directory of this machine as a tree; the bytes of its files stay where they are until the tree is written. */
public final class DirectoryPacker {
    private final Path top;
    private final boolean keepOwners;
    private final FileTree.Builder tree = FileTree.builder();
    private final Map<String, String> firstNames = new HashMap<>();

    private DirectoryPacker(Path top, boolean keepOwners) {
        this.top = top;
        this.keepOwners = keepOwners;
    }

    /** @param keepOwners false makes root own everything, which is what a guest wants of a directory that a user made */
    public static FileTree tree(Path directory, boolean keepOwners) {
        if (!Files.isDirectory(directory)) {
            throw new ImageException(new ImageFailure.Io(directory.toString(), "no directory"));
        }
        DirectoryPacker packer = new DirectoryPacker(directory, keepOwners);
        packer.addChildren(directory);
        return packer.tree.build();
    }

    private void addChildren(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        } catch (IOException e) {
            throw ImageException.io(directory, e);
        }
        // The order of readdir differs from disk to disk.
        children.sort(Comparator.comparing(child -> child.getFileName().toString()));
        for (Path child : children) {
            try {
                add(child);
            } catch (IOException e) {
                throw ImageException.io(child, e);
            }
        }
    }

    private void add(Path file) throws IOException {
        Inode inode = Inode.of(file);
        String path = FileTree.normalize(top.relativize(file).toString());
        Attributes attributes = new Attributes(
                inode.mode() & 07777,
                keepOwners ? inode.userId() : 0,
                keepOwners ? inode.groupId() : 0,
                inode.mtimeSeconds());
        switch (inode.mode() & CpioMember.TYPE_MASK) {
            case 0040000 -> {
                tree.put(new Entry.Directory(path, attributes));
                addChildren(file);
            }
            case CpioMember.REGULAR -> tree.put(regular(file, path, attributes, inode));
            case CpioMember.SYMLINK ->
                tree.put(new Entry.Symlink(
                        path, attributes, Files.readSymbolicLink(file).toString()));
            case 0020000 ->
                tree.put(new Entry.DeviceNode(path, attributes, false, inode.nodeMajor(), inode.nodeMinor()));
            case 0060000 ->
                tree.put(new Entry.DeviceNode(path, attributes, true, inode.nodeMajor(), inode.nodeMinor()));
            case 0010000 -> tree.put(new Entry.Fifo(path, attributes));
            case 0140000 -> tree.put(new Entry.Socket(path, attributes));
            default -> throw new IOException("mode %o is no kind of file we know".formatted(inode.mode()));
        }
    }

    private Entry regular(Path file, String path, Attributes attributes, Inode inode) {
        if (inode.links() > 1) {
            @Nullable String first = firstNames.putIfAbsent(inode.fileKey(), path);
            if (first != null) {
                return new Entry.HardLink(path, attributes, first);
            }
        }
        return new Entry.RegularFile(path, attributes, Content.ofFile(file));
    }
}
