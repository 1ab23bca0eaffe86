package org.kdive.images.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A kernel on this machine's disk.
 *
 * @param packageName the distribution's package; for the host's own kernel the file's name
 * @param version the package's version; for the host's own kernel its release
 * @param architecture dpkg's word for it
 * @param cached it was here already: nothing was asked of the network or of a package client
 */
public record FetchedKernel(
        KernelName name, Path kernel, String packageName, String version, String architecture, boolean cached) {

    /** The kernel's {@code .config}, if it came along. */
    public Optional<Path> config() {
        return beside("config");
    }

    /** The package's System.map, if any. Debian puts a one-line note there and the table into its debug package. */
    public Optional<Path> systemMap() {
        return beside("System.map");
    }

    private Optional<Path> beside(String what) {
        String file = kernel.getFileName().toString().replaceFirst("^vmlinu[xz]", what);
        return Optional.of(kernel.resolveSibling(file)).filter(path -> !path.equals(kernel) && Files.isReadable(path));
    }
}
