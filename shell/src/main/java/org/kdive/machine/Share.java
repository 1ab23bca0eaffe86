package org.kdive.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;

/** A host directory that the guest mounts over virtio-9p by its tag. */
public record Share(Path directory, String tag, Access access) {
    /** What the guest's owners, modes and devices become on the host. */
    public enum Access {
        /** They are kept in extended attributes; the file itself is the user's, 0600, and no device or setuid program. */
        MAPPED("slot", "security_model=mapped-xattr"),
        /** They are the file's own, as far as QEMU's user may set them. */
        PLAIN("plainslot", "security_model=none"),
        READ_ONLY("roslot", "security_model=mapped-xattr,readonly=on");

        private final String slots;
        private final String options;

        Access(String slots, String options) {
            this.slots = slots;
            this.options = options;
        }

        /** The name of a slot for such a share: of its fsdev, its path in the run directory and the device that takes it. */
        String slot(int index) {
            return slots + index;
        }

        /** For QEMU's -fsdev local. */
        String options() {
            return options;
        }
    }

    // MAX_TAG_LEN in QEMU's hw/9pfs/virtio-9p.c is 32, and the mount fails in the guest when it is longer.
    private static final int TAG_LIMIT_BYTES = 32;
    private static final String RO = ",ro";
    private static final String PLAIN = ",plain";

    public Share {
        directory = directory.toAbsolutePath().normalize();
        if (!tag.matches("[A-Za-z0-9_.-]{1," + TAG_LIMIT_BYTES + "}")) {
            throw new IllegalArgumentException(
                    "mount tag '%s': letters, digits, '_', '.' and '-', at most %d".formatted(tag, TAG_LIMIT_BYTES));
        }
    }

    /** {@code DIR[:TAG][,ro|,plain]}; without a tag it is the directory's name, or {@code share} when that is no tag. */
    public static Share parse(String words) {
        Access access = words.endsWith(RO) ? Access.READ_ONLY : words.endsWith(PLAIN) ? Access.PLAIN : Access.MAPPED;
        int end = access == Access.MAPPED ? words.length() : words.lastIndexOf(',');
        String rest = words.substring(0, end);
        int colon = rest.lastIndexOf(':');
        // A colon inside the path is no tag: what follows a tag's colon never has a slash.
        if (colon > 0 && rest.indexOf('/', colon) < 0) {
            return new Share(Path.of(rest.substring(0, colon)), rest.substring(colon + 1), access);
        }
        Path directory = Path.of(rest).toAbsolutePath().normalize();
        return new Share(directory, tagOf(directory), access);
    }

    public boolean readOnly() {
        return access == Access.READ_ONLY;
    }

    /** This, or a plain one where the file system cannot keep what is mapped: the guest could make no file there. */
    public Share fitting() {
        return access != Access.MAPPED || keepsAttributes() ? this : new Share(directory, tag, Access.PLAIN);
    }

    private boolean keepsAttributes() {
        try {
            return Files.getFileStore(directory).supportsFileAttributeView(UserDefinedFileAttributeView.class);
        } catch (IOException e) {
            return true; // it is not there: told when it is opened
        }
    }

    private static String tagOf(Path directory) {
        Path name = directory.getFileName();
        String tag = name == null ? "" : name.toString().replaceAll("[^A-Za-z0-9_.-]", "_");
        return tag.isEmpty() ? "share" : tag.substring(0, Math.min(tag.length(), TAG_LIMIT_BYTES));
    }
}
