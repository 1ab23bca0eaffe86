package org.kdive.images.fetch;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * What the cache knows under a kernel's name: a small file that points at the package's directory. It is written last,
 * so a name that is there is whole.
 */
record CachedKernel(Cache cache, KernelName.Packaged name, String packageName, String version, Path kernel) {
    /** The package itself, beside the kernel. */
    static final String PACKAGE = "package.deb";

    static CachedKernel of(Cache cache, KernelName.Packaged name, PackageFetcher.Offer offer, Path home) {
        return new CachedKernel(cache, name, offer.packageName(), offer.version(), requireKernelIn(home, home));
    }

    static Optional<CachedKernel> find(Cache cache, KernelName.Packaged name) {
        Properties known = new Properties();
        try {
            known.load(new StringReader(Files.readString(file(cache, name))));
            Path kernel = cache.root().resolve(Path.of("kernels", known.getProperty("kernel", "")));
            long size = Long.parseLong(known.getProperty("bytes", "-1"));
            if (Files.size(kernel) != size) {
                return Optional.empty();
            }
            return Optional.of(new CachedKernel(
                    cache, name, known.getProperty("package", ""), known.getProperty("version", ""), kernel));
        } catch (IOException | IllegalArgumentException e) {
            // Not there, or not as we wrote it: fetched anew, which mends it.
            return Optional.empty();
        }
    }

    void save() {
        Path target = file(cache, name);
        Path unfinished = cache.directory("partial").resolve(target.getFileName());
        try {
            String directory = kernel.getName(kernel.getNameCount() - 2).toString();
            Files.writeString(
                    unfinished,
                    "package=%s\nversion=%s\nkernel=%s/%s\nbytes=%d\n"
                            .formatted(packageName, version, directory, kernel.getFileName(), Files.size(kernel)));
        } catch (IOException e) {
            throw ImageException.io(unfinished, e);
        }
        cache.directory("names");
        Cache.moveIntoPlace(unfinished, target);
    }

    FetchedKernel asFetched() {
        return new FetchedKernel(
                name, kernel, packageName, version, name.architecture().debianName(), true);
    }

    private static Path file(Cache cache, KernelName.Packaged name) {
        return cache.root().resolve(Path.of("names", name.words().replace('/', '_')));
    }

    static Path requireKernelIn(Path directory, Path source) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> kernels = files.filter(
                            file -> file.getFileName().toString().matches("vmlinu[xz]-.*"))
                    .sorted()
                    .toList();
            if (kernels.isEmpty()) {
                throw new ImageException(
                        new ImageFailure.Missing(source.toString(), "no boot/vmlinuz-* in this package"));
            }
            return kernels.get(0);
        } catch (IOException e) {
            throw ImageException.io(directory, e);
        }
    }
}
