package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * Puts an archive's files into a directory: all of them or none, and nothing anywhere else. It works in a new directory
 * beside the target that nobody else may enter, and renames that at the end.
 */
public final class Unpacker {
    private static final int MAX_FILE_BYTES = 1 << 30;
    private static final long MAX_UNPACKED_BYTES = 16L << 30;

    private final long maxUnpackedBytes;

    public Unpacker() {
        this(MAX_UNPACKED_BYTES);
    }

    /** @param maxUnpackedBytes more than this of decompressed data is refused */
    public Unpacker(long maxUnpackedBytes) {
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    /**
     * @param directory must not be there, or be empty
     */
    public void unpack(Path archive, Path directory) {
        Path target = directory.toAbsolutePath().normalize();
        requireFree(target);
        Path unfinished = target.resolveSibling(
                "." + target.getFileName() + ".part-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            fill(archive, unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw new ImageException(new ImageFailure.Io(e.getFile(), "is there already"), e);
        } catch (IOException e) {
            throw ImageException.io(target, e);
        } finally {
            deleteTree(unfinished);
        }
    }

    private void fill(Path archive, Path unfinished) throws IOException {
        UnpackedTree tree = new UnpackedTree(archive.toString(), unfinished);
        new SegmentReader(Bytes.ofFile(archive, MAX_FILE_BYTES), maxUnpackedBytes).visit(new SegmentReader.Visitor() {
            @Override
            public void segment(Compression compression, long offset, CpioStream members) throws IOException {
                tree.beginSegment();
                for (CpioMember member = members.next(); member != null; member = members.next()) {
                    try {
                        tree.add(member, members.contents());
                    } catch (FilesystemFailure e) {
                        throw e.asImageException();
                    }
                }
            }

            @Override
            public void end(SegmentReader.Extent extent) {}
        });
        tree.finishDirectories();
    }

    /** What the disk refused, as opposed to what the archive got wrong; both come as IOException otherwise. */
    static final class FilesystemFailure extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Path file;
        private final transient IOException reason;

        FilesystemFailure(Path file, IOException reason) {
            super(reason);
            this.file = file;
            this.reason = reason;
        }

        ImageException asImageException() {
            return ImageException.io(file, reason);
        }
    }

    private static void requireFree(Path target) {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean isFree = false;
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> children = Files.list(target)) {
                isFree = children.findAny().isEmpty();
            } catch (IOException e) {
                throw ImageException.io(target, e);
            }
        }
        if (!isFree) {
            throw new ImageException(
                    new ImageFailure.Io(target.toString(), "is there already and is no empty directory"));
        }
    }

    private static void deleteTree(Path tree) {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            List<Path> deepestFirst;
            try (Stream<Path> walk = Files.walk(tree)) {
                deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw ImageException.io(tree, e);
        }
    }
}
