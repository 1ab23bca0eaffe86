package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** A static busybox for a guest: this machine's own if it fits, else Debian's or Ubuntu's package. Any thread; blocks. */
public final class BusyboxFetcher {
    private static final String PACKAGE = "busybox-static";
    private static final long MAX_BUSYBOX_BYTES = 64L << 20;
    private static final List<String> HOST_PLACES =
            List.of("/bin/busybox", "/usr/bin/busybox", "/usr/bin/busybox.static");

    private final Cache cache;
    private final PackageFetcher packages;
    private final List<Path> hostPlaces;

    public BusyboxFetcher(Cache cache, Map<String, String> environment) {
        this(cache, environment, HOST_PLACES.stream().map(Path::of).toList());
    }

    BusyboxFetcher(Cache cache, Map<String, String> environment, List<Path> hostPlaces) {
        this.cache = cache;
        this.packages = new PackageFetcher(cache, environment);
        this.hostPlaces = List.copyOf(hostPlaces);
    }

    public static BusyboxFetcher ofUser() {
        return new BusyboxFetcher(Cache.ofUser(System.getenv()), System.getenv());
    }

    public Path fetch(Architecture processor, Progress progress) {
        for (Path place : hostPlaces) {
            if (ElfProgram.isStaticFor(place, processor)) {
                return place;
            }
        }
        return fetch(
                PackageArchitecture.of(processor)
                        .orElseThrow(() -> FetchFailures.missing(
                                PACKAGE + " for " + processor.label(), "no package known; give a root with --initrd")),
                progress);
    }

    /** The package of exactly this architecture, whatever this machine has: a processor may have several. */
    public Path fetch(PackageArchitecture architecture, Progress progress) {
        Architecture processor = architecture.processor();
        Path cached = cache.root().resolve(Path.of("busybox", architecture.debianName()));
        if (ElfProgram.isStaticFor(cached, processor)) {
            return cached;
        }
        return cache.locked(
                progress,
                () -> ElfProgram.isStaticFor(cached, processor) ? cached : fetchLocked(architecture, cached, progress));
    }

    private Path fetchLocked(PackageArchitecture architecture, Path target, Progress progress) {
        Path deb = packages.download(
                packages.findPackage(packages.hostDistribution(), architecture, PACKAGE, progress), progress);
        Path unfinished = cache.directory("partial").resolve("busybox-" + architecture.debianName());
        new DebPackage(deb, 4 * MAX_BUSYBOX_BYTES).visit((path, sizeBytes, contents) -> {
            if (!path.equals("bin/busybox") && !path.equals("usr/bin/busybox")) {
                return true;
            }
            if (sizeBytes > MAX_BUSYBOX_BYTES) {
                throw new ImageException(new ImageFailure.TooLarge(path, sizeBytes, MAX_BUSYBOX_BYTES));
            }
            Files.deleteIfExists(unfinished);
            Files.copy(contents, unfinished);
            return false;
        });
        try {
            if (!ElfProgram.isStaticFor(unfinished, architecture.processor())) {
                throw FetchFailures.missing(
                        deb.toString(), "no static busybox for " + architecture.debianName() + " in it");
            }
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.delete(deb);
        } catch (IOException e) {
            throw ImageException.io(deb, e);
        }
        cache.directory("busybox");
        Cache.moveIntoPlace(unfinished, target);
        return target;
    }
}
