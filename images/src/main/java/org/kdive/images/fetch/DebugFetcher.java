package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kdive.images.ImageException;

/**
 * The vmlinux with debug information that belongs to a fetched kernel, from the debug package of the same version.
 * Debian's is hundreds of megabytes; only the vmlinux and the true System.map of it are kept, beside the kernel.
 */
final class DebugFetcher {
    private static final String PREFIX = "usr/lib/debug/boot/";
    private static final long MAX_UNPACKED_BYTES = 16L << 30;

    private final Cache cache;
    private final PackageFetcher packages;

    DebugFetcher(Cache cache, PackageFetcher packages) {
        this.cache = cache;
        this.packages = packages;
    }

    /** The vmlinux, fetched now if it is not there. Needs the cache's lock. */
    Path fetch(FetchedKernel kernel, Progress progress) {
        if (!(kernel.name() instanceof KernelName.Packaged name)) {
            throw FetchFailures.missing(
                    "debug package of " + kernel.kernel(), "only a fetched kernel's can be had; try debian");
        }
        Path home = kernel.kernel().resolveSibling("debug");
        Optional<Path> there = findVmlinux(home);
        if (there.isPresent()) {
            return there.get();
        }
        if (name.distribution() != Distribution.DEBIAN) {
            throw FetchFailures.missing(
                    kernel.packageName(),
                    "%s keeps debug packages in an archive of their own, which apt on this host does not know"
                            .formatted(name.distribution().word()));
        }
        String debugPackage = kernel.packageName() + "-dbg";
        PackageFetcher.Offer offer =
                packages.findPackage(name.distribution(), name.architecture(), debugPackage, progress);
        if (!offer.version().equals(kernel.version())) {
            throw FetchFailures.missing(
                    debugPackage,
                    "there is %s, but the kernel is %s; image fetch --refresh brings the newest"
                            .formatted(offer.version(), kernel.version()));
        }
        Path deb = packages.download(offer, progress);
        progress.step("unpack " + debugPackage);
        Path unfinished = cache.directory("partial").resolve(debugPackage + ".d");
        extract(deb, unfinished);
        Cache.moveIntoPlace(unfinished, home);
        return findVmlinux(home).orElseThrow();
    }

    private static void extract(Path deb, Path target) {
        Cache.deleteTree(target);
        AtomicBoolean found = new AtomicBoolean();
        try {
            Files.createDirectory(target);
            new DebPackage(deb, MAX_UNPACKED_BYTES).visit((path, sizeBytes, contents) -> {
                String name = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
                if (name.matches("(vmlinux|System\\.map)-[^/]+")) {
                    Files.copy(contents, target.resolve(name));
                    found.compareAndSet(false, name.startsWith("vmlinux"));
                }
                // Behind it come the modules' gigabytes.
                return !found.get();
            });
            if (!found.get()) {
                throw FetchFailures.missing(deb.toString(), "no " + PREFIX + "vmlinux-* in this package");
            }
            Files.delete(deb);
        } catch (IOException e) {
            throw ImageException.io(target, e);
        }
    }

    private static Optional<Path> findVmlinux(Path home) {
        if (!Files.isDirectory(home)) {
            return Optional.empty();
        }
        try (var files = Files.list(home)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("vmlinux-"))
                    .findFirst();
        } catch (IOException e) {
            throw ImageException.io(home, e);
        }
    }
}
