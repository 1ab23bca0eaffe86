package org.kdive.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kdive.images.disk.DiskImage;

/** A disk image for a virtio-blk device. */
public record Disk(Path file, Access access) {
    /** What may become of the file. */
    public enum Access {
        /** The guest writes to a disk laid over it that dies with the machine; the file is only read. */
        SCRATCH,
        READ_ONLY,
        /** What the guest writes is in the file. */
        READ_WRITE
    }

    public Disk {
        file = file.toAbsolutePath();
    }

    /** {@code FILE[,ro|,rw]}. */
    public static Disk parse(String words) {
        if (words.endsWith(",ro")) {
            return new Disk(file(words), Access.READ_ONLY);
        }
        return words.endsWith(",rw")
                ? new Disk(file(words), Access.READ_WRITE)
                : new Disk(Path.of(words), Access.SCRATCH);
    }

    private static Path file(String words) {
        return Path.of(words.substring(0, words.length() - ",rw".length()));
    }

    /**
     * QEMU's block driver for it, by its first bytes: {@code qcow2} or {@code raw}. Named always, because a guest
     * that can write to a disk of guessed format can make it look like another. A file that is not there is raw: QEMU
     * then says what is wrong with it.
     */
    String driver() {
        return Files.isReadable(file) ? DiskImage.read(file).format().word() : DiskImage.Format.RAW.word();
    }
}
