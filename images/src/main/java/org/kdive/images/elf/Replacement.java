package org.kdive.images.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file written anew beside the old one, which takes its place and its rights at once or not at all. */
final class Replacement {
    /** What it is to hold. */
    interface Content {
        /** False: the old one stays. */
        boolean write(Path next) throws IOException;
    }

    private Replacement() {}

    /** Whether it was replaced. Until then it is the owner's alone, as QEMU makes a dump: it is all of the guest's memory. */
    static boolean of(Path file, Content content) throws IOException {
        Path directory = file.toAbsolutePath().resolveSibling("").normalize();
        Path next = Files.createTempFile(directory, "dump", ".next");
        try {
            boolean written = content.write(next);
            if (written) {
                Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(file));
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return written;
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
