package org.kdive.images.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.kdive.images.initramfs.ProgramClosure;

/** One package, and of all that it depends on what its programs need, each unpacked for itself. Needs the cache's lock. */
final class PackageGathering {
    private final Cache cache;
    private final PackageFetcher packages;
    private final AptView view;
    private final Progress progress;
    private final Download own;
    private final List<Download> others;
    private final List<Path> roots = new ArrayList<>();

    /** @param closure what apt would install, with the package itself last, as apt names it; not empty */
    PackageGathering(Cache cache, PackageFetcher packages, AptView view, List<Download> closure, Progress progress) {
        this.cache = cache;
        this.packages = packages;
        this.view = view;
        this.progress = progress;
        this.own = closure.get(closure.size() - 1);
        this.others = new ArrayList<>(closure.subList(0, closure.size() - 1));
    }

    String packageName() {
        return own.packageName();
    }

    /** Directories laid out as a root, the package's own first. */
    List<Path> roots() {
        return List.copyOf(roots);
    }

    PackageTree bringOwn() {
        return bring(own);
    }

    /** Those of the packages that it depends on. */
    void bring(Set<String> names) {
        List<Download> wanted = others.stream()
                .filter(other -> names.contains(other.packageName()))
                .toList();
        wanted.forEach(this::bring);
        others.removeAll(wanted);
    }

    void bringLibraries(PackageArchitecture architecture, Collection<Path> programs) {
        while (true) {
            ProgramClosure libraries = ProgramClosure.ofSysroots(architecture.processor(), roots);
            Set<String> missing = new TreeSet<>();
            programs.forEach(program -> missing.addAll(libraries.missing(program)));
            if (missing.isEmpty()) {
                return;
            }
            Download next = LibraryPackages.likeliest(missing, others)
                    .orElseThrow(() -> FetchFailures.missing(
                            packageName(), "no package that it depends on has " + String.join(", ", missing)));
            others.remove(next);
            bring(next);
        }
    }

    private PackageTree bring(Download download) {
        String key = download.fileName().replace("%3a", ":").replaceFirst("\\.deb$", "");
        Path home = cache.directory("packages").resolve(key);
        if (!Files.isDirectory(home)) {
            Path deb = packages.download(view, download, progress);
            Path unfinished = cache.directory("partial").resolve(key + ".d");
            Cache.deleteTree(unfinished);
            PackageTree.unpack(deb, unfinished);
            Cache.moveIntoPlace(unfinished, home);
            Cache.deleteTree(deb);
        }
        roots.add(home);
        return new PackageTree(home);
    }
}
