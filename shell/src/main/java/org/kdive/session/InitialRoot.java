package org.kdive.session;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.KernelConfig;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.fetch.Cache;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.initramfs.BusyboxRoot;
import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.FileTree;
import org.kdive.images.initramfs.InitramfsCache;
import org.kdive.images.initramfs.RootSource;

/** What the kernel unpacks into its first root: the user's own, or a busybox root with the modules that will be needed. */
record InitialRoot(Optional<FetchedKernel> kernel, Progress progress) {

    private static final int MAX_CONFIG_BYTES = 16 << 20;

    /** An archive as it is; a directory or a list as an archive. */
    static Path given(Path file) {
        return RootSource.findTree(file, System.getenv())
                .map(InitialRoot::archive)
                .orElse(file);
    }

    Path made(Path busybox, boolean hasShares, boolean hasDisks) {
        return archive(BusyboxRoot.tree(busybox, modules(hasShares, hasDisks)));
    }

    private static Path archive(FileTree tree) {
        Path directory = Cache.ofUser(System.getenv()).root().resolve("initramfs");
        // Uncompressed: as quick to boot, and quicker to make than to compress.
        return new InitramfsCache(directory).archive(tree, Compression.NONE);
    }

    private List<Path> modules(boolean hasShares, boolean hasDisks) {
        Optional<FetchedKernel> packaged = kernel.filter(fetched -> fetched.name() instanceof KernelName.Packaged);
        List<String> names = new ArrayList<>();
        // Also without one now: a directory may be shared while the guest runs.
        if (hasShares || packaged.map(InitialRoot::hasShareModules).orElse(false)) {
            names.addAll(KernelFetcher.shareModules());
        }
        if (hasDisks) {
            names.addAll(KernelFetcher.diskModules());
        }
        if (names.isEmpty() || packaged.isEmpty()) {
            return List.of();
        }
        return KernelFetcher.ofUser().modules(packaged.get(), names, progress);
    }

    private static boolean hasShareModules(FetchedKernel kernel) {
        return kernel.config()
                .map(file -> new ShareSupport(KernelConfig.read(Bytes.ofFile(file, MAX_CONFIG_BYTES))).isModular())
                .orElse(false);
    }
}
