package org.kdive.images.build;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs and headers that this machine has. */
record HostTools(List<Path> programDirectories, List<Path> headerDirectories) {
    HostTools {
        programDirectories = List.copyOf(programDirectories);
        headerDirectories = List.copyOf(headerDirectories);
    }

    static HostTools of(Map<String, String> environment) {
        List<Path> path = Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .toList();
        return new HostTools(path, List.of(Path.of("/usr/include"), Path.of("/usr/local/include")));
    }

    Optional<Path> findProgram(String name) {
        return programDirectories.stream()
                .map(directory -> directory.resolve(name))
                .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
                .findFirst();
    }

    boolean hasHeader(String name) {
        return headerDirectories.stream().anyMatch(directory -> Files.isReadable(directory.resolve(name)));
    }
}
