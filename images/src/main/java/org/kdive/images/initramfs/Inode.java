package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/** What lstat(2) says of a file of this machine. */
record Inode(
        int mode,
        int userId,
        int groupId,
        int links,
        long device,
        long number,
        int nodeMajor,
        int nodeMinor,
        long mtimeSeconds) {

    static Inode of(Path file) throws IOException {
        Map<String, Object> stat = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        long node = number(stat, "rdev");
        FileTime mtime = (FileTime) Objects.requireNonNull(stat.get("lastModifiedTime"));
        // dev_t as glibc lays it out, <sys/sysmacros.h>: the low 8 bits of the minor, 12 of the major, the rest of each
        int major = (int) (((node >>> 8) & 0xfff) | ((node >>> 32) & ~0xfffL));
        int minor = (int) ((node & 0xff) | ((node >>> 12) & ~0xffL));
        return new Inode(
                (int) number(stat, "mode"),
                (int) number(stat, "uid"),
                (int) number(stat, "gid"),
                (int) number(stat, "nlink"),
                number(stat, "dev"),
                number(stat, "ino"),
                major,
                minor,
                Math.min(0xffff_ffffL, Math.max(0, Math.floorDiv(mtime.toMillis(), 1000))));
    }

    private static long number(Map<String, Object> stat, String name) {
        return ((Number) Objects.requireNonNull(stat.get(name), name)).longValue();
    }

    String fileKey() {
        return device + ":" + number;
    }
}
