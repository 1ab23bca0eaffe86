package org.kdive.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.kdive.images.ImageException;

/** The file behind {@code -o}: there whole or not at all. */
final class OutputFile {
    interface Contents {
        void writeTo(OutputStream out) throws IOException;
    }

    private OutputFile() {}

    /** Under a name of its own first: neither a full disk nor Ctrl-C leaves half a file under the name asked for. */
    static void write(Path file, Contents contents) {
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(
                "." + whole.getFileName() + ".part-" + ProcessHandle.current().pid());
        try {
            try {
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                    contents.writeTo(out);
                }
                Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }
}
