package org.kdive.machine;

import java.nio.file.Path;

/** A host directory that the guest mounts over virtio-9p by its tag. */
public record Share(Path directory, String tag, boolean readOnly) {
    // MAX_TAG_LEN in QEMU's hw/9pfs/virtio-9p.c is 32, and the mount fails in the guest when it is longer.
    private static final int TAG_LIMIT_BYTES = 32;

    public Share {
        directory = directory.toAbsolutePath().normalize();
        if (!tag.matches("[A-Za-z0-9_.-]{1," + TAG_LIMIT_BYTES + "}")) {
            throw new IllegalArgumentException(
                    "mount tag '%s': letters, digits, '_', '.' and '-', at most %d".formatted(tag, TAG_LIMIT_BYTES));
        }
    }

    /** {@code DIR[:TAG][,ro]}; without a tag it is the directory's name, or {@code share} when that is no tag. */
    public static Share parse(String words) {
        boolean readOnly = words.endsWith(",ro");
        String rest = readOnly ? words.substring(0, words.length() - ",ro".length()) : words;
        int colon = rest.lastIndexOf(':');
        // A colon inside the path is no tag: what follows a tag's colon never has a slash.
        if (colon > 0 && rest.indexOf('/', colon) < 0) {
            return new Share(Path.of(rest.substring(0, colon)), rest.substring(colon + 1), readOnly);
        }
        Path directory = Path.of(rest).toAbsolutePath().normalize();
        return new Share(directory, tagOf(directory), readOnly);
    }

    private static String tagOf(Path directory) {
        Path name = directory.getFileName();
        String tag = name == null ? "" : name.toString().replaceAll("[^A-Za-z0-9_.-]", "_");
        return tag.isEmpty() ? "share" : tag.substring(0, Math.min(tag.length(), TAG_LIMIT_BYTES));
    }
}
