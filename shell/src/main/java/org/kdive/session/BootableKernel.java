package org.kdive.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.kernel.Compression;

/**
 * The file QEMU is given. Kernels of some architectures do not unpack themselves: that is their boot loader's work, and
 * QEMU's own does only some of it (gzip for arm64, nothing for riscv; hw/core/loader.c).
 */
final class BootableKernel {
    private final Path directory;

    /** @param directory where unpacked kernels are kept for the next boot */
    BootableKernel(Path directory) {
        this.directory = directory;
    }

    Path of(Path file, KernelImage image) {
        boolean leavesItToTheLoader =
                image.architecture() == Architecture.RISCV64 || image.architecture() == Architecture.ARM64;
        if (!leavesItToTheLoader || image.compression() == Compression.NONE) {
            return file;
        }
        try {
            Path unpacked = directory.resolve(key(file));
            if (!Files.exists(unpacked)) {
                Files.createDirectories(directory);
                Path unfinished = directory.resolve(UUID.randomUUID() + ".part");
                try {
                    Files.write(unfinished, image.payload().toArray());
                    Files.move(unfinished, unpacked, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Files.deleteIfExists(unfinished);
                }
            }
            return unpacked;
        } catch (IOException e) {
            throw new SessionException("unpack %s: %s".formatted(file, e), new SessionFailure.Io(file.toString()), e);
        }
    }

    // a file that was changed has another size or time
    private static String key(Path file) throws IOException {
        String identity = "%s %d %s".formatted(file.toRealPath(), Files.size(file), Files.getLastModifiedTime(file));
        return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)) + ".kernel";
    }
}
