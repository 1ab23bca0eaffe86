package org.kdive.repl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** Where the lines typed before are kept: the XDG state directory, readable by its owner alone. */
final class HistoryFile {
    private HistoryFile() {}

    /** Empty where no directory can be made: then the history lives as long as the prompt. */
    static Optional<Path> prepare(Map<String, String> environment, String home) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        // XDG Base Directory Specification: a relative path is invalid and to be ignored
        Path base = state.startsWith("/") ? Path.of(state) : Path.of(home, ".local", "state");
        Path directory = base.resolve("kdive");
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path file = directory.resolve("history");
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return Files.isWritable(file) ? Optional.of(file) : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            System.getLogger("session").log(System.Logger.Level.DEBUG, "history", e);
            return Optional.empty();
        }
    }
}
