package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kdive.images.ImageException;

/**
 * The true System.map of a Debian kernel, for tests: it is the first file of the debug package, which is downloaded whole
 * (283 MB for 6.1 cloud), read as far as that, and not kept.
 */
public final class DebugSystemMap {
    private static final String PREFIX = "usr/lib/debug/boot/System.map-";
    private static final long MAX_UNPACKED_BYTES = 64 << 20;

    private DebugSystemMap() {}

    public static Path fetch(FetchedKernel kernel) {
        Cache cache = Cache.ofUser(System.getenv());
        Path map = cache.directory("debug-maps").resolve(kernel.packageName() + "_" + kernel.version());
        return Files.exists(map)
                ? map
                : cache.locked(Progress.silent(), () -> bring(kernel, cache, map, Progress.silent()));
    }

    private static Path bring(FetchedKernel kernel, Cache cache, Path map, Progress progress) {
        PackageFetcher packages = new PackageFetcher(cache, System.getenv());
        PackageFetcher.Offer offer = packages.findPackage(
                Distribution.DEBIAN, PackageArchitecture.AMD64, kernel.packageName() + "-dbg", progress);
        Path deb = packages.download(offer, progress);
        Path unfinished = cache.directory("partial").resolve(map.getFileName() + ".map");
        AtomicBoolean found = new AtomicBoolean();
        try {
            Files.deleteIfExists(unfinished);
            new DebPackage(deb, MAX_UNPACKED_BYTES).visit((path, sizeBytes, contents) -> {
                if (path.startsWith(PREFIX)) {
                    Files.copy(contents, unfinished);
                    found.set(true);
                }
                return !found.get();
            });
            Files.delete(deb);
        } catch (IOException e) {
            throw ImageException.io(unfinished, e);
        }
        Cache.moveIntoPlace(unfinished, map);
        return map;
    }
}
