package org.kdive.images.initramfs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * A directory being filled from an archive. Everything in it was made here, so that asking our own map, and not the
 * disk, tells whether a path leads through a symbolic link.
 */
final class UnpackedTree {
    private static final int MAX_TARGET_BYTES = 4096; // PATH_MAX
    private static final int SOCKET = 0140000;

    /** The calls that Java does not have: mknod(2) and utimes(2). */
    private interface NodeMaker extends Library {
        int mknod(String path, int mode, long device);

        int utimes(String path, long[] accessAndModification);
    }

    private final String source;
    private final Path top;
    private final boolean isRoot;
    // Who owns what we make here: us, and if the directory above has its set-gid bit, that one's group.
    private final int ownUserId;
    private final int ownGroupId;
    private final byte[] buffer = new byte[1 << 16];
    // Directories by path with their last header; null stands for a parent that the archive does not name.
    private final Map<String, @Nullable CpioMember> directories = new LinkedHashMap<>();
    // All else by path: whether it is of this very segment.
    private final Map<String, Boolean> others = new HashMap<>();
    private final Map<String, Path> firstNames = new HashMap<>();
    private @Nullable NodeMaker nodeMaker; // null until the first node: loading JNA takes longer than most archives

    UnpackedTree(String source, Path top) throws IOException {
        this.source = source;
        this.top = top;
        Inode made = Inode.of(top);
        this.isRoot = made.userId() == 0;
        this.ownUserId = made.userId();
        this.ownGroupId = made.groupId();
        directories.put(".", null);
    }

    /** Inode numbers start anew, and files of the segments before may be replaced, as the kernel does. */
    void beginSegment() {
        firstNames.clear();
        others.replaceAll((path, member) -> false);
    }

    void add(CpioMember member, InputStream contents) throws IOException {
        String path = member.path();
        if (member.type() == 0040000) {
            addDirectory(member);
            return;
        }
        @Nullable Boolean before = others.put(path, true);
        if (directories.containsKey(path) || Boolean.TRUE.equals(before)) {
            throw malformed(member, "is there twice");
        }
        requireParents(member);
        Path file = onDisk(member);
        if (before != null) {
            onDisk(file, () -> Files.delete(file));
        }
        switch (member.type()) {
            case CpioMember.REGULAR -> addFile(member, file, contents);
            case CpioMember.SYMLINK -> addSymlink(member, file, contents);
            case 0010000, SOCKET, 0020000, 0060000 -> addNode(member, file);
            default -> throw malformed(member, "has mode %o".formatted(member.mode()));
        }
    }

    private void addDirectory(CpioMember member) throws IOException {
        if (others.containsKey(member.path())) {
            throw malformed(member, "is there twice, once as a directory");
        }
        requireParents(member);
        if (!directories.containsKey(member.path())) {
            makeDirectory(onDisk(member));
        }
        directories.put(member.path(), member);
    }

    private void requireParents(CpioMember member) throws IOException {
        String path = member.path();
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            if (directories.containsKey(parent)) {
                continue;
            }
            if (others.containsKey(parent)) {
                throw malformed(
                        member, "leads through %s, which is no directory".formatted(FileName.printable(parent)));
            }
            makeDirectory(top.resolve(parent));
            directories.put(parent, null);
        }
    }

    /** Ours alone until {@link #finishDirectories}, whatever the archive says. */
    private static void makeDirectory(Path directory) throws IOException {
        onDisk(
                directory,
                () -> Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    }

    private void addFile(CpioMember member, Path file, InputStream contents) throws IOException {
        @Nullable Path first = member.isLinked() ? firstNames.putIfAbsent(member.fileKey(), file) : null;
        if (first == null) {
            copy(contents, file, StandardOpenOption.CREATE_NEW);
        } else {
            onDisk(file, () -> Files.createLink(file, first));
            if (member.sizeBytes() > 0) {
                copy(contents, first, StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
        finish(member, file);
    }

    private void copy(InputStream contents, Path file, StandardOpenOption how) throws IOException {
        OutputStream[] opened = new OutputStream[1];
        onDisk(
                file,
                () -> opened[0] =
                        Files.newOutputStream(file, how, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        try (OutputStream out = opened[0]) {
            for (int count = contents.read(buffer); count >= 0; count = contents.read(buffer)) {
                int length = count;
                onDisk(file, () -> out.write(buffer, 0, length));
            }
        }
    }

    private void addSymlink(CpioMember member, Path file, InputStream contents) throws IOException {
        if (member.sizeBytes() == 0 || member.sizeBytes() > MAX_TARGET_BYTES) {
            throw malformed(member, "is a symbolic link of %d bytes".formatted(member.sizeBytes()));
        }
        String target = FileName.decode(contents.readNBytes((int) member.sizeBytes()));
        if (climbsOut(member.path(), target)) {
            throw malformed(member, "links to %s, out of the tree".formatted(FileName.printable(target)));
        }
        try {
            onDisk(file, () -> Files.createSymbolicLink(file, Path.of(target)));
        } catch (InvalidPathException e) {
            throw malformed(member, "links to a name that this machine's locale cannot spell");
        }
        if (mustGiveAway(member)) {
            onDisk(file, () -> {
                Files.setAttribute(file, "unix:uid", member.userId(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", member.groupId(), LinkOption.NOFOLLOW_LINKS);
            });
        }
        FileTime mtime = FileTime.from(member.mtimeSeconds(), TimeUnit.SECONDS);
        onDisk(
                file,
                () -> Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setTimes(mtime, null, null)); // JDK 14 and later: lutimes(3)
    }

    /** An absolute target means the guest's own root, as ever in a root file system; a relative one must stay inside. */
    private static boolean climbsOut(String path, String target) {
        if (target.startsWith("/")) {
            return false;
        }
        int depth = path.split("/", -1).length - 1;
        for (String part : target.split("/", -1)) {
            if (part.equals("..")) {
                depth--;
            } else if (!part.isEmpty() && !part.equals(".")) {
                depth++;
            }
            if (depth < 0) {
                return true;
            }
        }
        return false;
    }

    private void addNode(CpioMember member, Path file) throws IOException {
        boolean isDevice = member.type() == 0020000 || member.type() == 0060000;
        if (isDevice && !isRoot) {
            throw new ImageException(new ImageFailure.Io(
                    FileName.printable(member.path()),
                    "a device node, which only root can unpack; kdive image edit reads and changes archives without"));
        }
        NodeMaker maker = nodeMaker;
        if (maker == null) {
            maker = Native.load("c", NodeMaker.class);
            nodeMaker = maker;
        }
        long major = member.nodeMajor();
        long minor = member.nodeMinor();
        // See Inode for the layout.
        long device = (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
        try {
            if (maker.mknod(file.toString(), member.type() | 0600, isDevice ? device : 0) != 0) {
                throw new Unpacker.FilesystemFailure(file, new IOException("mknod: errno " + Native.getLastError()));
            }
        } catch (LastErrorException e) {
            throw new Unpacker.FilesystemFailure(file, new IOException("mknod: " + e.getMessage(), e));
        }
        finishModes(member, file);
        // Java sets times by way of open(2), which waits for a fifo's other end and wakes a device.
        long[] accessAndModification = {member.mtimeSeconds(), 0, member.mtimeSeconds(), 0};
        if (Native.LONG_SIZE == Long.BYTES && maker.utimes(file.toString(), accessAndModification) != 0) {
            throw new Unpacker.FilesystemFailure(file, new IOException("utimes: errno " + Native.getLastError()));
        }
    }

    private void finish(CpioMember member, Path file) throws IOException {
        finishModes(member, file);
        FileTime mtime = FileTime.from(member.mtimeSeconds(), TimeUnit.SECONDS);
        onDisk(file, () -> Files.setLastModifiedTime(file, mtime));
    }

    private boolean mustGiveAway(CpioMember member) {
        return isRoot && (member.isLinked() || member.userId() != ownUserId || member.groupId() != ownGroupId);
    }

    /** Never of a symbolic link, so that following them does no harm; not following them, Java would open the file. */
    private void finishModes(CpioMember member, Path file) throws IOException {
        onDisk(file, () -> {
            if (mustGiveAway(member)) {
                Files.setAttribute(file, "unix:uid", member.userId());
                Files.setAttribute(file, "unix:gid", member.groupId());
            }
            // After the owner, whose change clears the set-id bits.
            Files.setAttribute(file, "unix:mode", member.mode() & 07777);
        });
    }

    /** Modes and times of directories come last: the files in them change both. */
    void finishDirectories() throws IOException {
        List<String> paths = new ArrayList<>(directories.keySet());
        for (int i = paths.size() - 1; i >= 0; i--) {
            CpioMember member = directories.get(paths.get(i));
            Path directory = top.resolve(paths.get(i)).normalize();
            if (member == null) {
                onDisk(directory, () -> Files.setAttribute(directory, "unix:mode", 0755));
            } else {
                finish(member, directory);
            }
        }
    }

    private Path onDisk(CpioMember member) {
        try {
            return top.resolve(member.path()).normalize();
        } catch (InvalidPathException e) {
            throw malformed(member, "has a name that this machine's locale cannot spell");
        }
    }

    private interface DiskWork {
        void run() throws IOException;
    }

    private static void onDisk(Path file, DiskWork work) throws IOException {
        try {
            work.run();
        } catch (IOException e) {
            throw new Unpacker.FilesystemFailure(file, e);
        }
    }

    private ImageException malformed(CpioMember member, String what) {
        return new ImageException(new ImageFailure.Malformed(
                source, member.headerOffset(), FileName.printable(member.path()) + " " + what));
    }
}
