package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** U-Boot for QEMU's machines: this host's own if it has one, else Debian's or Ubuntu's package. Any thread; blocks. */
public final class FirmwareFetcher {
    private static final String PACKAGE = "u-boot-qemu";
    private static final String PLACES = "usr/lib/u-boot";
    private static final long MAX_FIRMWARE_BYTES = 64L << 20;
    private static final long MAX_UNPACKED_BYTES = 512L << 20;

    private final Cache cache;
    private final PackageFetcher packages;
    private final Path hostRoot;

    FirmwareFetcher(Cache cache, Map<String, String> environment, Path hostRoot) {
        this.cache = cache;
        this.packages = new PackageFetcher(cache, environment);
        this.hostRoot = hostRoot;
    }

    public static FirmwareFetcher ofUser() {
        return new FirmwareFetcher(Cache.ofUser(System.getenv()), System.getenv(), Path.of("/"));
    }

    /** Whether there is a U-Boot of {@code virt}, the machine, for such a guest. */
    public static boolean hasUBoot(Architecture guest) {
        return findBoard(guest).isPresent();
    }

    /** The package has a directory for each board that U-Boot was built for: configs/qemu_arm64_defconfig and its like. */
    private static Optional<String> findBoard(Architecture guest) {
        return guest == Architecture.ARM64 ? Optional.of("qemu_arm64") : Optional.empty();
    }

    public Path uBoot(Architecture guest, Progress progress) {
        String board = findBoard(guest)
                .orElseThrow(() ->
                        FetchFailures.missing(PACKAGE + " for " + guest.label(), "none is known that starts a kernel"));
        String path = PLACES + "/" + board + "/u-boot.bin";
        Path ofHost = hostRoot.resolve(path);
        if (Files.isReadable(ofHost)) {
            return ofHost;
        }
        Path cached = cache.root().resolve(Path.of("firmware", board + ".bin"));
        return Files.exists(cached)
                ? cached
                : cache.locked(progress, () -> Files.exists(cached) ? cached : fetchLocked(path, cached, progress));
    }

    private Path fetchLocked(String path, Path target, Progress progress) {
        // The package is the same for all hosts; whichever lists are at hand have it.
        PackageArchitecture lists = PackageArchitecture.ofHost().orElse(PackageArchitecture.ARM64);
        Path deb = packages.download(
                packages.findPackage(packages.hostDistribution(), lists, PACKAGE, progress), progress);
        Path unfinished = cache.directory("partial").resolve(String.valueOf(target.getFileName()));
        try {
            Files.deleteIfExists(unfinished);
            new DebPackage(deb, MAX_UNPACKED_BYTES).visit((name, sizeBytes, contents) -> {
                if (!name.equals(path)) {
                    return true;
                }
                if (sizeBytes > MAX_FIRMWARE_BYTES) {
                    throw new ImageException(new ImageFailure.TooLarge(name, sizeBytes, MAX_FIRMWARE_BYTES));
                }
                Files.copy(contents, unfinished);
                return false;
            });
            if (!Files.exists(unfinished)) {
                throw FetchFailures.missing(deb.toString(), "no " + path + " in it");
            }
            Files.delete(deb);
        } catch (IOException e) {
            throw ImageException.io(deb, e);
        }
        cache.directory("firmware");
        Cache.moveIntoPlace(unfinished, target);
        return target;
    }
}
