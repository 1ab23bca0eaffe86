package org.kdive.images.initramfs;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The verbs of {@code image edit} on a tree: paths as a shell in the guest would understand them, symbolic links in the
 * way followed inside the tree. Nothing touches a disk; the changed tree is {@link #tree}. One thread.
 */
public final class ArchiveEditor {
    // MAXSYMLINKS of Linux include/linux/namei.h
    private static final int MAX_SYMLINKS = 40;

    private FileTree tree;

    public ArchiveEditor(FileTree tree) {
        this.tree = tree;
    }

    public FileTree tree() {
        return tree;
    }

    /** Puts a file at a path, with the directories above it; an old file's other names keep the old contents. */
    public void put(String path, Attributes attributes, Content content) {
        String place = resolve(path, false);
        requireNoDirectory(place);
        replace(new Entry.RegularFile(place, attributes, content));
    }

    /** A file of this machine, with its permissions and time, owned by root. */
    public void put(String path, Path source) {
        Inode inode;
        try {
            inode = Inode.of(source.toRealPath());
        } catch (java.io.IOException e) {
            throw ImageException.io(source, e);
        }
        put(path, new Attributes(inode.mode() & 07777, 0, 0, inode.mtimeSeconds()), Content.ofFile(source));
    }

    /** The file at the path, links followed to the end, hard links too. */
    public Entry.RegularFile file(String path) {
        String place = resolve(path, true);
        Entry entry = tree.require(place);
        if (entry instanceof Entry.HardLink link) {
            entry = tree.require(link.target());
        }
        if (entry instanceof Entry.RegularFile file) {
            return file;
        }
        throw refused(place, "is no regular file");
    }

    /** What is directly in a directory, or the one thing that is there; in the archive's order. */
    public List<Entry> list(String path) {
        String place = resolve(path, true);
        if (!place.equals(".") && !isDirectory(place)) {
            return List.of(tree.require(place));
        }
        String prefix = place.equals(".") ? "" : place + "/";
        return tree.entries().stream()
                .filter(entry -> entry.path().startsWith(prefix)
                        && !entry.path().equals(".")
                        && entry.path().indexOf('/', prefix.length()) < 0)
                .toList();
    }

    /** Takes away a file, or a directory with all below it. A symbolic link goes itself, not what it names. */
    public void remove(String path) {
        String place = resolve(path, false);
        if (place.equals(".")) {
            throw refused(path, "is the root itself");
        }
        FileTree.Builder builder = tree.toBuilder();
        if (!builder.remove(place)) {
            throw new ImageException(new ImageFailure.Missing(FileName.printable(path), "no such file"));
        }
        tree = builder.build();
    }

    public void makeDirectory(String path, Attributes attributes) {
        String place = resolve(path, false);
        requireNothing(place);
        replace(new Entry.Directory(place, attributes));
    }

    public void makeNode(String path, Attributes attributes, boolean isBlock, int major, int minor) {
        String place = resolve(path, false);
        requireNothing(place);
        replace(new Entry.DeviceNode(place, attributes, isBlock, major, minor));
    }

    public void makeFifo(String path, Attributes attributes) {
        String place = resolve(path, false);
        requireNothing(place);
        replace(new Entry.Fifo(place, attributes));
    }

    public void makeSymlink(String path, String target) {
        String place = resolve(path, false);
        requireNothing(place);
        replace(new Entry.Symlink(place, Attributes.rootOwned(0777), target));
    }

    private void replace(Entry entry) {
        FileTree.Builder builder = tree.toBuilder();
        for (int slash = entry.path().indexOf('/');
                slash > 0;
                slash = entry.path().indexOf('/', slash + 1)) {
            String parent = entry.path().substring(0, slash);
            if (tree.find(parent).isPresent() && !isDirectory(parent)) {
                throw refused(entry.path(), "leads through %s, which is no directory".formatted(parent));
            }
        }
        tree = builder.parents(entry.path()).replace(entry).build();
    }

    private boolean isDirectory(String path) {
        return tree.find(path).filter(Entry.Directory.class::isInstance).isPresent();
    }

    private void requireNoDirectory(String path) {
        if (path.equals(".") || isDirectory(path)) {
            throw refused(path, "is a directory");
        }
    }

    private void requireNothing(String path) {
        if (path.equals(".") || tree.find(path).isPresent()) {
            throw refused(path, "is there already");
        }
    }

    /** The path with every symbolic link on the way replaced by where it leads, the last one only if asked. */
    private String resolve(String path, boolean followLast) {
        Deque<String> left = new ArrayDeque<>(parts(path));
        List<String> done = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.removeFirst();
            if (part.equals("..")) {
                // At the root it stays there, as in the guest.
                if (!done.isEmpty()) {
                    done.remove(done.size() - 1);
                }
                continue;
            }
            done.add(part);
            @Nullable Entry entry = tree.find(String.join("/", done)).orElse(null);
            if (entry instanceof Entry.Symlink link && (followLast || !left.isEmpty())) {
                if (++links > MAX_SYMLINKS) {
                    throw refused(path, "leads through too many symbolic links");
                }
                done.remove(done.size() - 1);
                if (link.target().startsWith("/")) {
                    done.clear();
                }
                List<String> more = parts(link.target());
                for (int i = more.size() - 1; i >= 0; i--) {
                    left.addFirst(more.get(i));
                }
            }
        }
        return done.isEmpty() ? "." : String.join("/", done);
    }

    private static List<String> parts(String path) {
        return Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
    }

    private static ImageException refused(String path, String why) {
        return new ImageException(new ImageFailure.Io(FileName.printable(path), why));
    }
}
