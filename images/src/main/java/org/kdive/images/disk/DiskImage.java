package org.kdive.images.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * What a disk image is, by its first bytes.
 *
 * @param virtualBytes the size of the disk that the guest sees
 * @param contents a file system or partition table that a raw image begins with: {@code ext4}, {@code GPT}
 */
public record DiskImage(Path file, Format format, long virtualBytes, Optional<String> contents) {
    /** How the bytes of the disk lie in the file. */
    public enum Format {
        RAW("raw"),
        QCOW2("qcow2");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        /** QEMU's name of the driver. */
        public String word() {
            return word;
        }
    }

    private static final int BEGINNING_BYTES = 2048;
    // Linux fs/ext4/ext4.h: the superblock is at 1024; s_magic, s_feature_compat and s_feature_incompat in it
    private static final int EXT_SUPERBLOCK = 1024;
    private static final int EXT_MAGIC = 0xef53;
    private static final int COMPAT_HAS_JOURNAL = 0x4;
    private static final int INCOMPAT_EXTENTS = 0x40;

    public static DiskImage read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer beginning = ByteBuffer.allocate(BEGINNING_BYTES);
            while (beginning.hasRemaining() && channel.read(beginning) >= 0) {
                // Until the buffer or the file is full.
            }
            beginning.rewind();
            // docs/interop/qcow2.txt in QEMU's source, "Header": magic, version, ..., size at 24, all big endian
            if (beginning.getInt(0) == Qcow2Writer.MAGIC && beginning.getInt(4) >= 2 && beginning.getInt(4) <= 3) {
                long virtualBytes = beginning.getLong(24);
                if (virtualBytes < 0) {
                    throw new ImageException(new ImageFailure.Malformed(
                            file.toString(), 24, "qcow2 disk of %d bytes".formatted(virtualBytes)));
                }
                return new DiskImage(file, Format.QCOW2, virtualBytes, Optional.empty());
            }
            return new DiskImage(file, Format.RAW, channel.size(), contents(beginning));
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    private static Optional<String> contents(ByteBuffer raw) {
        raw.order(ByteOrder.LITTLE_ENDIAN);
        if ((raw.getShort(EXT_SUPERBLOCK + 56) & 0xffff) == EXT_MAGIC) {
            boolean journal = (raw.getInt(EXT_SUPERBLOCK + 92) & COMPAT_HAS_JOURNAL) != 0;
            boolean extents = (raw.getInt(EXT_SUPERBLOCK + 96) & INCOMPAT_EXTENTS) != 0;
            return Optional.of(extents ? "ext4" : journal ? "ext3" : "ext2");
        }
        // UEFI specification, "GPT Header": "EFI PART" in the second sector
        if (raw.getLong(512) == 0x5452415020494645L) {
            return Optional.of("GPT");
        }
        return (raw.getShort(510) & 0xffff) == 0xaa55 ? Optional.of("MBR") : Optional.empty();
    }
}
