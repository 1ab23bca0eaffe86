package org.kdive.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk image for a virtio-blk device. */
public record Disk(Path file, boolean readOnly) {
    // docs/interop/qcow2.txt in QEMU's source: bytes 0-3 are "QFI\xfb".
    private static final String QCOW2_MAGIC = "QFI\u00fb";

    public Disk {
        file = file.toAbsolutePath();
    }

    /** {@code FILE[,ro]}. */
    public static Disk parse(String words) {
        boolean readOnly = words.endsWith(",ro");
        return new Disk(Path.of(readOnly ? words.substring(0, words.length() - ",ro".length()) : words), readOnly);
    }

    /**
     * QEMU's block driver for it, by its first bytes: {@code qcow2} or {@code raw}. Named always, because a guest
     * that can write to a disk of guessed format can make it look like another. An unreadable file is raw: QEMU
     * then says what is wrong with it.
     */
    String driver() {
        try (InputStream in = Files.newInputStream(file)) {
            String magic = new String(in.readNBytes(QCOW2_MAGIC.length()), StandardCharsets.ISO_8859_1);
            return magic.equals(QCOW2_MAGIC) ? "qcow2" : "raw";
        } catch (IOException unreadable) {
            return "raw";
        }
    }
}
