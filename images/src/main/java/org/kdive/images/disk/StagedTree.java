package org.kdive.images.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.initramfs.Entry;
import org.kdive.images.initramfs.FileTree;

/** What of a tree any user may make in a directory: directories, files, links. Nothing is written outside of it. */
final class StagedTree {
    private StagedTree() {}

    static void write(FileTree tree, Path top) throws IOException {
        // Other names of a file want it to be there.
        for (Entry entry : tree.entries()) {
            if (!(entry instanceof Entry.HardLink)) {
                put(entry, place(top, entry));
            }
        }
        for (Entry entry : tree.entries()) {
            if (entry instanceof Entry.HardLink link) {
                tree.require(link.target());
                Files.createLink(place(top, entry), top.resolve(link.target()));
            }
        }
    }

    private static void put(Entry entry, Path place) throws IOException {
        if (entry instanceof Entry.Directory) {
            Files.createDirectories(place);
        } else if (entry instanceof Entry.RegularFile file) {
            try (InputStream in = file.content().open()) {
                Files.copy(in, place);
            }
        } else if (entry instanceof Entry.Symlink link) {
            Files.createSymbolicLink(place, Path.of(link.target()));
        }
    }

    /** Where the entry goes; the way there is made of true directories only. */
    private static Path place(Path top, Entry entry) throws IOException {
        try {
            String path = entry.path();
            for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
                String part = path.substring(0, slash);
                Path directory = top.resolve(part);
                if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(directory);
                } else if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                    throw new ImageException(new ImageFailure.Io(
                            entry.printablePath(), "leads through %s, which is no directory".formatted(part)));
                }
            }
            return top.resolve(path);
        } catch (InvalidPathException e) {
            throw new ImageException(
                    new ImageFailure.Unsupported(entry.printablePath(), "a name that this machine cannot write"), e);
        }
    }

    static void delete(Path top) {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(top)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw ImageException.io(top, e);
        }
    }
}
