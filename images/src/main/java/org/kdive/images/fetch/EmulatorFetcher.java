package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.initramfs.Entry;
import org.kdive.images.initramfs.ProgramClosure;

/**
 * The newer QEMU of the distribution's backports, for this machine. Nothing is installed: the program, all libraries with
 * their own linker, and the firmware that QEMU loads are in one directory, with a script that starts it from there. Once
 * fetched it needs no package client. Any thread; blocks.
 */
public final class EmulatorFetcher {
    private static final Map<String, String> PACKAGES = Map.of(
            "qemu-system-x86_64", "qemu-system-x86",
            "qemu-system-i386", "qemu-system-x86",
            "qemu-system-arm", "qemu-system-arm",
            "qemu-system-aarch64", "qemu-system-arm",
            "qemu-system-riscv64", "qemu-system-riscv");
    private static final Set<String> DATA_PACKAGES =
            Set.of("qemu-system-common", "qemu-system-data", "seabios", "ipxe-qemu", "opensbi");
    // what the Debian package builds QEMU with, --firmwarepath
    private static final List<String> DATA = List.of("usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu");
    // Beside the running program, QEMU takes what is in it for the root that it was configured for, and looks nowhere
    // else:
    // qemu_init_exec_dir and get_relocated_path in util/cutils.c, since 7.1. Modules of another QEMU would end it.
    private static final String BUNDLE = "lib/qemu-bundle";
    // --argv0: ld.so(8), since glibc 2.33
    private static final String START = """
            #!/bin/sh
            home=${0%%/*}
            exec "$home/lib/%2$s" --library-path "$home/lib" --argv0 "$0" "$home/lib/%1$s" "$@"
            """;

    private final Cache cache;
    private final PackageFetcher packages;

    EmulatorFetcher(Cache cache, Map<String, String> environment) {
        this.cache = cache;
        this.packages = new PackageFetcher(cache, environment);
    }

    public static EmulatorFetcher ofUser() {
        return new EmulatorFetcher(Cache.ofUser(System.getenv()), System.getenv());
    }

    /**
     * A program that is started as QEMU is, by its absolute path.
     *
     * @param program as distributions name it, {@code qemu-system-x86_64}
     */
    public Path backport(String program, Progress progress) {
        PackageArchitecture host = PackageArchitecture.ofHost()
                .orElseThrow(() -> FetchFailures.missing(program, "no packages known for this machine's processor"));
        Path home = cache.root().resolve(Path.of("emulators", program + "-backports"));
        Path start = home.resolve(program);
        if (!Files.isExecutable(start)) {
            cache.locked(progress, () -> Files.isExecutable(start) ? home : fetchLocked(host, program, home, progress));
        }
        return start;
    }

    private Path fetchLocked(PackageArchitecture host, String program, Path home, Progress progress) {
        progress.step("look up %s in the backports".formatted(program));
        AptView view = packages.ownView(host, progress);
        List<Download> closure = view.backport(PACKAGES.getOrDefault(program, program));
        if (closure.isEmpty()) {
            throw FetchFailures.missing(program, "the backports of this host's distribution do not have it");
        }
        PackageGathering gathering = new PackageGathering(cache, packages, view, closure, progress);
        Path binary = gathering.bringOwn().directory().resolve("usr/bin").resolve(program);
        gathering.bring(DATA_PACKAGES);
        gathering.bringLibraries(host, List.of(binary));
        Path unfinished = cache.directory("partial").resolve(String.valueOf(home.getFileName()));
        Cache.deleteTree(unfinished);
        try {
            lay(
                    unfinished,
                    program,
                    ProgramClosure.ofSysroots(host.processor(), gathering.roots())
                            .tree(binary, "lib/" + program)
                            .entries());
            for (Path root : gathering.roots()) {
                layData(root, unfinished);
            }
        } catch (IOException e) {
            throw ImageException.io(unfinished, e);
        }
        cache.directory("emulators");
        Cache.moveIntoPlace(unfinished, home);
        return home;
    }

    /** Program and libraries side by side, as one search path for the linker. */
    private static void lay(Path home, String program, List<Entry> entries) throws IOException {
        Path libraries = Files.createDirectories(home.resolve("lib"));
        Files.createDirectory(home.resolve(BUNDLE));
        String linker = "";
        for (Entry entry : entries) {
            String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
            if (entry instanceof Entry.RegularFile file) {
                try (var in = file.content().open()) {
                    Files.copy(in, libraries.resolve(name));
                }
                linker = linker.isEmpty() ? name : linker; // the closure begins with it
            }
        }
        for (String each : List.of(linker, program)) {
            Files.setPosixFilePermissions(libraries.resolve(each), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Path start = Files.writeString(home.resolve(program), START.formatted(program, linker));
        Files.setPosixFilePermissions(start, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void layData(Path root, Path home) throws IOException {
        List<Path> places = new ArrayList<>(DATA.stream().map(root::resolve).toList());
        list(root.resolve("usr/lib")).forEach(triplet -> places.add(triplet.resolve("qemu"))); // modules
        for (Path place : places) {
            copy(
                    root,
                    place,
                    home.resolve(BUNDLE).resolve(root.relativize(place).toString()));
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Every file below a directory, what links stand for included, unless they lead out of the package. */
    private static void copy(Path root, Path from, Path to) throws IOException {
        for (Path file : list(from)) {
            Path target = to.resolve(file.getFileName());
            Files.createDirectories(to);
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                copy(root, file, target);
            } else if (Files.isRegularFile(file) && file.toRealPath().startsWith(root.toRealPath())) {
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
