package org.kdive.images.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.fetch.PackageFetcher.Lists;

/**
 * Kernels by name. The first fetch asks the host's package client; every later one finds the kernel in the cache and
 * starts no program at all. Any thread; blocks.
 */
public final class KernelFetcher {
    private static final long MAX_KERNEL_BYTES = 256L << 20;
    private static final long MAX_UNPACKED_BYTES = 4L << 30;

    private final Cache cache;
    private final PackageFetcher packages;

    public KernelFetcher(Cache cache, Map<String, String> environment) {
        this.cache = cache;
        this.packages = new PackageFetcher(cache, environment);
    }

    /** With the cache and the package client of the user who runs us. */
    public static KernelFetcher ofUser() {
        return new KernelFetcher(Cache.ofUser(System.getenv()), System.getenv());
    }

    public FetchedKernel fetch(KernelName name, Progress progress) {
        if (name instanceof KernelName.Packaged packaged) {
            return CachedKernel.find(cache, packaged)
                    .map(CachedKernel::asFetched)
                    .orElseGet(() -> cache.locked(progress, () -> fetchLocked(packaged, progress)));
        }
        return hostKernel();
    }

    /** Asks the distribution again, even though an older kernel of that name is in the cache. */
    public FetchedKernel refresh(KernelName.Packaged name, Progress progress) {
        return cache.locked(progress, () -> fetchNew(name, Lists.HOST_FIRST, progress));
    }

    /**
     * Module files, uncompressed, with all they depend on, in the order to insert them. Those the kernel does not have as
     * modules are left out: they are built in, or the kernel cannot do that at all. Takes seconds the first time.
     */
    public List<Path> modules(FetchedKernel kernel, List<String> names, Progress progress) {
        if (!(kernel.name() instanceof KernelName.Packaged)) {
            throw FetchFailures.missing("modules of " + kernel.kernel(), "only a fetched kernel's can be had");
        }
        Path home = kernel.kernel().resolveSibling("").normalize();
        return cache.locked(progress, () -> {
            progress.step("unpack the modules " + String.join(" ", names));
            return new ModuleExtractor(home).extract(names);
        });
    }

    /**
     * The kernel's vmlinux with debug information, from the distribution's debug package of the same version: a download of
     * hundreds of megabytes the first time.
     */
    public Path debugVmlinux(FetchedKernel kernel, Progress progress) {
        return cache.locked(progress, () -> new DebugFetcher(cache, packages).fetch(kernel, progress));
    }

    /** What a guest needs to mount a virtio-9p share on the PCI bus; pass it to {@link #modules}. */
    public static List<String> shareModules() {
        return List.of("virtio_pci", "9pnet_virtio", "9p");
    }

    /** What a guest needs to mount an ext4 root from a virtio disk on the PCI bus; pass it to {@link #modules}. */
    public static List<String> diskModules() {
        // ext4 asks the kernel's crypto by name for crc32c, which no dependency tells.
        return List.of("virtio_pci", "virtio_blk", "crc32c_generic", "ext4");
    }

    private FetchedKernel fetchLocked(KernelName.Packaged name, Progress progress) {
        // Whoever held the lock before us may have brought it.
        return CachedKernel.find(cache, name)
                .map(CachedKernel::asFetched)
                .orElseGet(() -> fetchNew(name, Lists.HOST_FIRST, progress));
    }

    private FetchedKernel fetchNew(KernelName.Packaged name, Lists lists, Progress progress) {
        PackageFetcher.Offer offer = packages.findKernel(name, lists, progress);
        String key = offer.packageName() + "_" + offer.version() + "_"
                + name.architecture().debianName();
        Path home = cache.directory("kernels").resolve(key);
        if (!Files.isDirectory(home)) {
            try {
                bring(offer, home, progress);
            } catch (ImageException e) {
                if (offer.view().isOwn() || !(e.failure() instanceof ImageFailure.Missing)) {
                    throw e;
                }
                // The host's lists are so old that the server has dropped what they name.
                return fetchNew(name, Lists.FRESH, progress);
            }
        }
        CachedKernel cached = CachedKernel.of(cache, name, offer, home);
        cached.save();
        return new FetchedKernel(
                name,
                cached.kernel(),
                offer.packageName(),
                offer.version(),
                name.architecture().debianName(),
                false);
    }

    private void bring(PackageFetcher.Offer offer, Path home, Progress progress) {
        Path deb = packages.download(offer, progress);
        progress.step("unpack " + offer.packageName());
        unpack(deb, home);
    }

    private void unpack(Path deb, Path home) {
        Path unfinished = cache.directory("partial").resolve(home.getFileName() + ".d");
        Cache.deleteTree(unfinished);
        try {
            Files.createDirectory(unfinished);
            new DebPackage(deb, MAX_UNPACKED_BYTES).visit((path, sizeBytes, contents) -> {
                if (!path.startsWith("boot/")) {
                    // Members are sorted: behind boot/ come hundreds of megabytes of modules.
                    return path.compareTo("boot/") < 0;
                }
                save(unfinished, path.substring("boot/".length()), sizeBytes, contents);
                return true;
            });
            CachedKernel.requireKernelIn(unfinished, deb);
            // Kept for its modules, which most guests never need.
            Files.move(deb, unfinished.resolve(CachedKernel.PACKAGE));
        } catch (IOException e) {
            throw ImageException.io(unfinished, e);
        }
        Cache.moveIntoPlace(unfinished, home);
    }

    private static void save(Path directory, String name, long sizeBytes, InputStream contents) throws IOException {
        boolean wanted = name.indexOf('/') < 0 && name.matches("(vmlinu[xz]|config|System\\.map)-.*");
        if (!wanted) {
            return;
        }
        if (sizeBytes > MAX_KERNEL_BYTES) {
            throw new ImageException(new ImageFailure.TooLarge(name, sizeBytes, MAX_KERNEL_BYTES));
        }
        long copied = Files.copy(contents, directory.resolve(name));
        if (copied != sizeBytes) {
            throw new UncheckedIOException(
                    new IOException("%s ends after %d of %d bytes".formatted(name, copied, sizeBytes)));
        }
    }

    private static FetchedKernel hostKernel() {
        String release = System.getProperty("os.version", "");
        String architecture = PackageArchitecture.ofHost()
                .map(PackageArchitecture::debianName)
                .orElse(System.getProperty("os.arch", ""));
        for (Path kernel : new Path[] {
            Path.of("/boot/vmlinuz-" + release),
            Path.of("/usr/lib/modules", release, "vmlinuz"),
            Path.of("/boot/vmlinux-" + release)
        }) {
            if (Files.isReadable(kernel)) {
                return new FetchedKernel(
                        new KernelName.Host(), kernel, kernel.getFileName().toString(), release, architecture, true);
            }
        }
        String why = Files.exists(Path.of("/boot/vmlinuz-" + release))
                ? "/boot/vmlinuz-%s is not readable; copy it as root, or name a distribution's kernel"
                        .formatted(release)
                : "this machine has no /boot/vmlinuz-%s; name a file or a distribution's kernel".formatted(release);
        throw FetchFailures.missing("host", why);
    }

    /** Whether {@link #fetch} would find it without asking anybody. */
    public Optional<FetchedKernel> findCached(KernelName.Packaged name) {
        return CachedKernel.find(cache, name).map(CachedKernel::asFetched);
    }
}
