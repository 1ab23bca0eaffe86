package org.kdive.images.initramfs;

/**
 * What an inode carries besides its contents.
 *
 * @param permissions the low twelve mode bits: set-id, sticky, rwx
 * @param mtimeSeconds seconds since 1970, 32 bits unsigned in an archive
 */
public record Attributes(int permissions, int userId, int groupId, long mtimeSeconds) {
    public Attributes {
        if ((permissions & ~07777) != 0) {
            throw new IllegalArgumentException("permissions %o have more than twelve bits".formatted(permissions));
        }
        if (mtimeSeconds < 0 || mtimeSeconds > 0xffff_ffffL) {
            throw new IllegalArgumentException("mtime %d does not fit 32 bits".formatted(mtimeSeconds));
        }
    }

    /** Root's, with these permissions, at time 0. */
    public static Attributes rootOwned(int permissions) {
        return new Attributes(permissions, 0, 0, 0);
    }

    public Attributes withMtime(long newMtimeSeconds) {
        return new Attributes(permissions, userId, groupId, newMtimeSeconds);
    }
}
