package org.kdive.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        List<String> names = new ArrayList<>();
        if (hasShares) {
            names.addAll(KernelFetcher.shareModules());
        }
        if (hasDisks) {
            names.addAll(KernelFetcher.diskModules());
        }
        Optional<FetchedKernel> packaged = kernel.filter(fetched -> fetched.name() instanceof KernelName.Packaged);
        if (names.isEmpty() || packaged.isEmpty()) {
            return List.of();
        }
        if (hasShares && isOff(packaged.get(), "CONFIG_9P_FS")) {
            progress.step("%s cannot mount the share, it has no 9p; debian-generic has"
                    .formatted(packaged.get().packageName()));
        }
        return KernelFetcher.ofUser().modules(packaged.get(), names, progress);
    }

    private static boolean isOff(FetchedKernel kernel, String option) {
        return kernel.config()
                .map(config -> {
                    try {
                        return Files.readString(config).lines().noneMatch(line -> line.startsWith(option + "="));
                    } catch (IOException e) {
                        // Nothing to warn of, as far as anybody can tell.
                        return false;
                    }
                })
                .orElse(false);
    }
}
