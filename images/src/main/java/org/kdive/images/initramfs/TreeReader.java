package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** Makes a tree of an archive's members, all data in memory. */
final class TreeReader {
    private static final int MAX_TARGET_BYTES = 4096; // PATH_MAX
    private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 16;

    private final String source;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    // Path of the first name of each file with several, by device and inode.
    private final Map<String, String> firstNames = new HashMap<>();

    private TreeReader(String source) {
        this.source = source;
    }

    static FileTree read(String source, CpioStream members) throws IOException {
        TreeReader reader = new TreeReader(source);
        for (CpioMember member = members.next(); member != null; member = members.next()) {
            reader.add(member, members.contents());
        }
        return FileTree.of(reader.entries.values());
    }

    private void add(CpioMember member, InputStream contents) throws IOException {
        Entry entry = entry(member, contents);
        @Nullable Entry before = entries.put(entry.path(), entry);
        if (before != null && !(before instanceof Entry.Directory && entry instanceof Entry.Directory)) {
            throw malformed(member, "%s is there twice".formatted(FileName.printable(member.path())));
        }
    }

    private Entry entry(CpioMember member, InputStream contents) throws IOException {
        String path = member.path();
        Attributes attributes = member.attributes();
        return switch (member.type()) {
            case 0040000 -> new Entry.Directory(path, attributes);
            case CpioMember.REGULAR -> file(member, contents);
            case CpioMember.SYMLINK -> new Entry.Symlink(path, attributes, target(member, contents));
            case 0020000 -> new Entry.DeviceNode(path, attributes, false, member.nodeMajor(), member.nodeMinor());
            case 0060000 -> new Entry.DeviceNode(path, attributes, true, member.nodeMajor(), member.nodeMinor());
            case 0010000 -> new Entry.Fifo(path, attributes);
            case 0140000 -> new Entry.Socket(path, attributes);
            default ->
                throw malformed(member, "%s has mode %o".formatted(FileName.printable(member.path()), member.mode()));
        };
    }

    private Entry file(CpioMember member, InputStream contents) throws IOException {
        if (member.sizeBytes() > MAX_ARRAY_BYTES) {
            throw new ImageException(new ImageFailure.TooLarge(
                    source + ": " + FileName.printable(member.path()), member.sizeBytes(), MAX_ARRAY_BYTES));
        }
        // Reads in steps: a size that lies allocates no more than there is.
        Content content = Content.of(contents.readNBytes((int) member.sizeBytes()));
        @Nullable String first = member.isLinked() ? firstNames.putIfAbsent(member.fileKey(), member.path()) : null;
        if (first == null || first.equals(member.path())) {
            return new Entry.RegularFile(member.path(), member.attributes(), content);
        }
        // The name with the data may be any one of them; the tree keeps it at the first.
        if (content.sizeBytes() > 0 && entries.get(first) instanceof Entry.RegularFile old) {
            entries.put(first, new Entry.RegularFile(first, old.attributes(), content));
        }
        return new Entry.HardLink(member.path(), member.attributes(), first);
    }

    private String target(CpioMember member, InputStream contents) throws IOException {
        if (member.sizeBytes() == 0 || member.sizeBytes() > MAX_TARGET_BYTES) {
            throw malformed(
                    member,
                    "%s is a symbolic link of %d bytes"
                            .formatted(FileName.printable(member.path()), member.sizeBytes()));
        }
        byte[] target = contents.readNBytes((int) member.sizeBytes());
        int end = target.length;
        // Some packers count the final NUL.
        while (end > 0 && target[end - 1] == 0) {
            end--;
        }
        return FileName.decode(java.util.Arrays.copyOf(target, end));
    }

    private ImageException malformed(CpioMember member, String what) {
        return new ImageException(new ImageFailure.Malformed(source, member.headerOffset(), what));
    }
}
