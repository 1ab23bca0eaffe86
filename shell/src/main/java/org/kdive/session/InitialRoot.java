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

    /** Where a root that is not ours finds the modules for shares, in the order in which they go in; no root has it itself. */
    static final String LAID = "/.kdive";

    private static final int MAX_CONFIG_BYTES = 16 << 20;

    /** An archive as it is; a directory or a list as an archive. With shares the modules for them lie before it. */
    Path given(Path file, boolean hasShares) {
        Path root = RootSource.findTree(file, System.getenv())
                .map(InitialRoot::archive)
                .orElse(file);
        boolean lacks = hasShares && kernel.map(InitialRoot::hasShareModules).orElse(false);
        List<Path> modules = lacks ? modules(true, false) : List.of();
        if (modules.isEmpty()) {
            return root;
        }
        progress.step("the modules for shares are laid into the guest's root, in " + LAID);
        FileTree.Builder laid = FileTree.builder().directory(LAID.substring(1), 0755);
        for (int i = 0; i < modules.size(); i++) {
            Path module = modules.get(i);
            laid.file("%s/%03d-%s".formatted(LAID.substring(1), i, module.getFileName()), 0644, module);
        }
        return JoinedArchives.of(archive(laid.build()), root, directory());
    }

    private static Path directory() {
        return Cache.ofUser(System.getenv()).root().resolve("initramfs");
    }

    /** Refuses an archive that leaves no room for the kernel itself: QEMU loads it all the same, and nothing comes of it. */
    static void requireRoom(Path archive, Path kernel, long memoryBytes) {
        long needed = archive.toFile().length() + kernel.toFile().length();
        if (needed > memoryBytes) {
            throw new SessionException(
                    "initrd %s: with its kernel %d MiB, more than the guest's memory of %d MiB; --memory %dM gives it room"
                            .formatted(archive, needed >> 20, memoryBytes >> 20, (needed * 3 >> 20) / 128 * 128 + 128),
                    new SessionFailure.Usage("--memory"));
        }
    }

    Path made(Path busybox, boolean hasShares, boolean hasDisks) {
        return archive(BusyboxRoot.tree(busybox, modules(hasShares, hasDisks)));
    }

    private static Path archive(FileTree tree) {
        // Uncompressed: as quick to boot, and quicker to make than to compress.
        return new InitramfsCache(directory()).archive(tree, Compression.NONE);
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
                .map(file -> ShareSupport.of(KernelConfig.read(Bytes.ofFile(file, MAX_CONFIG_BYTES)))
                        .isModular())
                .orElse(false);
    }
}
