package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kdive.images.ImageException;

/**
 * Programs for a guest by name, from the distribution's packages for the guest's processor: {@code strace},
 * {@code gdbserver}, {@code perf}. Of all that a package depends on only those packages are fetched that have a library
 * which is needed. Once fetched it needs no package client. Any thread; blocks.
 */
public final class ProgramFetcher {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+._-]{0,100}");

    private final Cache cache;
    private final PackageFetcher packages;

    public ProgramFetcher(Cache cache, Map<String, String> environment) {
        this.cache = cache;
        this.packages = new PackageFetcher(cache, environment);
    }

    public static ProgramFetcher ofUser() {
        return new ProgramFetcher(Cache.ofUser(System.getenv()), System.getenv());
    }

    /** Whether the words can be a package's or a program's name at all. */
    public static boolean isName(String words) {
        return NAME.matcher(words).matches();
    }

    /** @param name of a package, or of a program in one */
    public PackagedProgram fetch(PackageArchitecture architecture, String name, Progress progress) {
        if (!isName(name)) {
            throw FetchFailures.missing(name, "no name of a package or program");
        }
        return find(architecture, name)
                .orElseGet(() -> cache.locked(
                        progress,
                        () -> find(architecture, name).orElseGet(() -> gather(architecture, name, progress))));
    }

    private Path known(PackageArchitecture architecture, String name) {
        return cache.root().resolve(Path.of("programs", architecture.debianName() + "_" + name));
    }

    // one directory of packages/ a line, the one with the program first
    private Optional<PackagedProgram> find(PackageArchitecture architecture, String name) {
        List<Path> roots;
        try {
            roots = Files.readAllLines(known(architecture, name)).stream()
                    .map(line -> cache.root().resolve("packages").resolve(line))
                    .toList();
        } catch (IOException e) {
            // Not fetched yet.
            return Optional.empty();
        }
        if (roots.isEmpty() || !roots.stream().allMatch(Files::isDirectory)) {
            return Optional.empty();
        }
        List<Path> programs = new PackageTree(roots.get(0)).programs(name);
        return programs.isEmpty() ? Optional.empty() : Optional.of(new PackagedProgram(programs, roots));
    }

    /** One name's packages. Needs the cache's lock. */
    private PackagedProgram gather(PackageArchitecture architecture, String name, Progress progress) {
        progress.step("look up " + name + " for " + architecture.debianName());
        AptView view = packages.ownView(architecture, progress);
        PackageGathering gathering =
                new PackageGathering(cache, packages, view, closure(view, architecture, name, progress), progress);
        String own = gathering.packageName();
        List<Path> programs = gathering.bringOwn().programs(name);
        if (programs.isEmpty()) {
            throw FetchFailures.missing(name, "the package %s has no program".formatted(own));
        }
        gathering.bringLibraries(architecture, programs);
        save(known(architecture, name), gathering.roots());
        return new PackagedProgram(programs, gathering.roots());
    }

    private List<Download> closure(AptView view, PackageArchitecture architecture, String name, Progress progress) {
        List<Download> closure = view.closure(name);
        if (!closure.isEmpty()) {
            return closure;
        }
        Optional<String> holder = ContentsTable.findPackage(view.contents(progress), name);
        return holder.map(view::closure)
                .filter(list -> !list.isEmpty())
                .orElseThrow(() -> FetchFailures.missing(
                        name,
                        "no file here, and no package or program of %s for %s"
                                .formatted(packages.hostDistribution().word(), architecture.debianName())));
    }

    private void save(Path known, List<Path> roots) {
        Path unfinished = cache.directory("partial").resolve("program-" + known.getFileName());
        try (Stream<Path> lines = roots.stream()) {
            Files.write(
                    unfinished, lines.map(root -> root.getFileName().toString()).toList());
        } catch (IOException e) {
            throw ImageException.io(known, e);
        }
        cache.directory("programs");
        Cache.moveIntoPlace(unfinished, known);
    }
}
