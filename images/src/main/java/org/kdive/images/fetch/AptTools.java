package org.kdive.images.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Where the host's package client is.
 *
 * @param helper apt-helper, which fetches one file with apt's own transports, proxies and resuming
 */
record AptTools(Path get, Path cache, Path helper) {
    /** Empty on a host whose packages are not apt's. */
    static Optional<AptTools> find(Map<String, String> environment) {
        Optional<Path> get = onPath("apt-get", environment);
        Optional<Path> cache = onPath("apt-cache", environment);
        // apt(8) keeps it off the path; the directory is Dir::Bin::methods' parent.
        Path helper = Path.of("/usr/lib/apt/apt-helper");
        if (get.isEmpty() || cache.isEmpty() || !Files.isExecutable(helper)) {
            return Optional.empty();
        }
        return Optional.of(new AptTools(get.get(), cache.get(), helper));
    }

    private static Optional<Path> onPath(String program, Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault("PATH", "/usr/bin:/bin").split(":"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
