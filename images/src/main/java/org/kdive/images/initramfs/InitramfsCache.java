package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kdive.images.ImageException;

/** Archives made before, by what is in them. Safe for several processes at once: archives arrive whole, by rename. */
public final class InitramfsCache {
    private final Path directory;

    public InitramfsCache(Path directory) {
        this.directory = directory;
    }

    /** The archive of this tree, made now if there is none. */
    public Path archive(FileTree tree, Compression compression) {
        Path archive = directory.resolve(TreeIdentity.of(tree, compression.name()) + ".cpio");
        if (!Files.exists(archive)) {
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw ImageException.io(directory, e);
            }
            new InitramfsWriter(compression).write(tree, archive);
        }
        return archive;
    }
}
