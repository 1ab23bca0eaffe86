package org.kdive.machine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Where the host keeps its programs. */
final class HostPrograms {
    private HostPrograms() {}

    /** As a shell looks: a name along {@code searchPath}, anything with a slash as it stands. */
    static Optional<Path> find(String program, String searchPath) {
        if (program.isEmpty()) {
            return Optional.empty();
        }
        if (program.indexOf('/') >= 0) {
            return Optional.of(Path.of(program)).filter(HostPrograms::isProgram);
        }
        return Arrays.stream(searchPath.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> resolve(directory, program))
                .flatMap(Optional::stream)
                .filter(HostPrograms::isProgram)
                .findFirst();
    }

    private static Optional<Path> resolve(String directory, String program) {
        try {
            return Optional.of(Path.of(directory, program));
        } catch (InvalidPathException unusable) {
            return Optional.empty();
        }
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
