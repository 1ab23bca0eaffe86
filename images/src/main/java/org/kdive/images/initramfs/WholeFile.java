package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.kdive.images.ImageException;

/** A file that is there whole or not at all. */
final class WholeFile {
    /** May close the stream. */
    interface Contents {
        void writeTo(OutputStream out) throws IOException;
    }

    private WholeFile() {}

    static void replace(Path target, Contents contents) {
        Path whole = target.toAbsolutePath();
        Path unfinished = whole.resolveSibling(
                "." + whole.getFileName() + ".part-" + ProcessHandle.current().pid());
        try {
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                contents.writeTo(out);
            }
            Files.move(unfinished, whole, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw ImageException.io(target, e);
        } finally {
            deleteIfThere(unfinished);
        }
    }

    private static void deleteIfThere(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }
}
