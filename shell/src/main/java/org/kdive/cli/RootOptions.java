package org.kdive.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.fetch.AddedProgram;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.PackageArchitecture;
import org.kdive.images.fetch.Progress;
import org.kdive.images.initramfs.BusyboxRoot;
import org.kdive.images.initramfs.FileTree;
import org.kdive.images.initramfs.RootRecipe;
import picocli.CommandLine.Option;

/** The options of every verb that makes a root. Fields are picocli's. */
final class RootOptions {
    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description =
                    "The guest's processor: amd64, arm64, armhf, armel, i386, riscv64 (default: the kernel's, or amd64).")
    private @Nullable String arch;

    @Option(
            names = "--style",
            paramLabel = "init|linuxrc",
            description = "A script /init (default), or /linuxrc, which is busybox, with inittab, rcS and fstab.")
    private BusyboxRoot.Style style = BusyboxRoot.Style.INIT;

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            description = "Put in this kernel's modules for shares (9p) and disks (virtio, ext4).")
    private @Nullable String kernel;

    @Option(
            names = "--add",
            paramLabel = "FILE|NAME[:PATH]",
            description =
                    "Add a program with all libraries it needs (default PATH: /usr/bin/): a file, or by its name or its "
                            + "package's from the distribution, for the guest's processor: strace, gdbserver; repeatable.")
    private List<String> programs = new ArrayList<>();

    @Option(
            names = "--sysroot",
            paramLabel = "DIR",
            description = "Where the libraries are, if the guest's are not this machine's.")
    private @Nullable Path sysroot;

    @Option(names = "--overlay", paramLabel = "DIR", description = "Lay a directory over the root; repeatable.")
    private List<Path> overlays = new ArrayList<>();

    @Option(names = "--script", paramLabel = "FILE", description = "Run this as the guest starts.")
    private @Nullable Path script;

    FileTree tree(Progress progress) {
        List<Path> modules = List.of();
        PackageArchitecture guest = arch == null ? PackageArchitecture.AMD64 : guest(arch);
        if (kernel != null) {
            Path file = Path.of(kernel);
            if (Files.isRegularFile(file)) {
                guest = agreed(KernelImage.open(file).architecture());
                progress.step(file + " is a file: nobody knows its modules, none are put in");
            } else {
                FetchedKernel fetched = KernelFetcher.ofUser().fetch(KernelName.parse(kernel), progress);
                guest = agreed(guest(fetched.architecture()).processor());
                List<String> names = Stream.concat(
                                KernelFetcher.shareModules().stream(), KernelFetcher.diskModules().stream())
                        .distinct()
                        .toList();
                modules = KernelFetcher.ofUser().modules(fetched, names, progress);
            }
        }
        RootRecipe recipe = new RootRecipe(
                guest.processor(),
                style,
                modules,
                AddedProgram.parseAll(programs, guest, progress),
                sysroot,
                overlays,
                script);
        return recipe.tree(BusyboxFetcher.ofUser().fetch(guest, progress));
    }

    private PackageArchitecture agreed(Architecture ofKernel) {
        if (arch == null) {
            return PackageArchitecture.of(ofKernel)
                    .orElseThrow(() -> new UsageException(
                            "no busybox is known for %s; make a root with image pack".formatted(ofKernel.label())));
        }
        if (guest(arch).processor() != ofKernel) {
            throw new UsageException("--arch %s, but the kernel is for %s".formatted(arch, ofKernel.label()));
        }
        return guest(arch);
    }

    private static PackageArchitecture guest(String word) {
        return PackageArchitecture.find(word)
                .orElseThrow(() -> new UsageException(
                        "architecture %s is none of amd64 arm64 armhf armel i386 riscv64".formatted(word)));
    }
}
