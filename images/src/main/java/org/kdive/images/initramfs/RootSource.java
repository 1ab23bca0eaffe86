package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.ImageException;

/** What a user may name where a root is wanted: a directory, a list, an archive; told apart by what is there. */
public final class RootSource {
    private static final int BEGINNING_BYTES = 64 << 10;

    private RootSource() {}

    /** A directory, owned by root, or a list; empty for any other file, such as an archive. */
    public static Optional<FileTree> findTree(Path source, Map<String, String> variables) {
        if (Files.isDirectory(source)) {
            return Optional.of(DirectoryPacker.tree(source, false));
        }
        return isList(source) ? Optional.of(InitramfsList.read(source, Path.of(""), variables)) : Optional.empty();
    }

    /** As {@link #findTree}, or the root proper of an archive. */
    public static FileTree readTree(Path source, Map<String, String> variables) {
        return findTree(source, variables)
                .orElseGet(() -> InitramfsArchive.read(source).tree());
    }

    private static boolean isList(Path source) {
        try (InputStream in = Files.newInputStream(source)) {
            return InitramfsList.looksLikeList(new String(in.readNBytes(BEGINNING_BYTES), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw ImageException.io(source, e);
        }
    }
}
