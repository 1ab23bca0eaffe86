package org.kdive.images.initramfs;

/**
 * One member's header as the archive has it, its name already found harmless.
 *
 * @param headerOffset where the header begins in the (decompressed) archive
 * @param checksum sum of the data's bytes for the crc format; -1 when the format has none
 */
record CpioMember(
        long headerOffset,
        String path,
        int mode,
        int userId,
        int groupId,
        long links,
        long mtimeSeconds,
        long sizeBytes,
        long inode,
        long device,
        int nodeMajor,
        int nodeMinor,
        long checksum) {

    static final int TYPE_MASK = 0170000;
    static final int REGULAR = 0100000;
    static final int SYMLINK = 0120000;

    int type() {
        return mode & TYPE_MASK;
    }

    boolean isRegular() {
        return type() == REGULAR;
    }

    boolean isSymlink() {
        return type() == SYMLINK;
    }

    /** Whether other members may be names of the same file. */
    boolean isLinked() {
        return isRegular() && links > 1;
    }

    /** What members of one file have in common. */
    String fileKey() {
        return device + ":" + inode;
    }

    Attributes attributes() {
        return new Attributes(mode & 07777, userId, groupId, mtimeSeconds);
    }
}
