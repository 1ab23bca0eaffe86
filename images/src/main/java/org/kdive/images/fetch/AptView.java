package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kdive.images.ImageException;

/**
 * What apt is told to look at: the host's package lists, read only, or lists of our own. Either way its cache directory
 * is ours, so that the host's package state stays as it is, and needs no root.
 */
final class AptView {
    private static final Duration QUERY_LIMIT = Duration.ofMinutes(2);
    private static final Duration UPDATE_LIMIT = Duration.ofMinutes(10);

    private static final String BACKPORTS = "-backports";

    private final AptTools tools;
    private final Path directory;
    private final Path configuration;
    private final boolean own;

    private AptView(AptTools tools, Path directory, boolean own) {
        this.tools = tools;
        this.directory = directory;
        this.configuration = directory.resolve("apt.conf");
        this.own = own;
    }

    /** The host's own lists. */
    static AptView ofHost(AptTools tools, Cache cache) {
        AptView view = new AptView(tools, cache.directory("apt", "host"), false);
        view.configure("");
        return view;
    }

    /** Lists of our own for an architecture, from the repositories that the host trusts for its own packages. */
    static AptView own(AptTools tools, Cache cache, Distribution distribution, PackageArchitecture architecture) {
        String name = distribution.word() + "-" + architecture.debianName();
        AptView view = new AptView(tools, cache.directory("apt", name), true);
        cache.directory("apt", name, "state", "lists", "partial");
        List<String> sources = view.sources(distribution, architecture);
        write(view.directory.resolve("status"), "");
        write(view.directory.resolve("sources.list"), String.join("\n", sources) + "\n");
        view.configure("""
                APT::Architecture "%1$s";
                #clear APT::Architectures;
                APT::Architectures { "%1$s"; };
                Dir::State "%2$s/state";
                Dir::State::status "%2$s/status";
                Dir::Etc::sourcelist "%2$s/sources.list";
                Dir::Etc::sourceparts "/dev/null";
                """.formatted(architecture.debianName(), view.directory));
        return view;
    }

    private static void ignoreTick() {}

    private void configure(String more) {
        // The sandbox user could not enter our private directory; signatures and hashes are checked either way.
        write(configuration, """
                #clear APT::Update;
                #clear DPkg;
                APT::Sandbox::User "root";
                Acquire::Languages "none";
                Dir::Cache "%s";
                Dir::Cache::pkgcache "pkgcache.bin";
                Dir::Cache::srcpkgcache "";
                """.formatted(directory) + more);
    }

    boolean isOwn() {
        return own;
    }

    /**
     * Brings our own lists up to date if they are older than the limit. Says what went wrong, if anything: one repository
     * that is out of order (a mirror in the middle of its sync) does not spoil the others, so it may not matter.
     */
    Optional<String> update(Duration maxAge, Progress progress) {
        Path stamp = directory.resolve("updated");
        if (!own || isYoung(stamp, maxAge)) {
            return Optional.empty();
        }
        progress.step("update the list of packages");
        ChildProcess.Result result = ChildProcess.run(
                List.of(tools.get().toString(), "-c", configuration.toString(), "-q", "update"),
                directory,
                UPDATE_LIMIT,
                AptView::ignoreTick);
        if (!result.succeeded()) {
            return Optional.of(result.reason());
        }
        write(stamp, "");
        return Optional.empty();
    }

    private static boolean isYoung(Path stamp, Duration maxAge) {
        try {
            long age = System.currentTimeMillis()
                    - Files.getLastModifiedTime(stamp).toMillis();
            return age >= 0 && age < maxAge.toMillis();
        } catch (IOException e) {
            return false;
        }
    }

    /** The versions of a package as apt-cache shows them, best first; none if there is no such package. */
    List<Stanza> show(String packageName, boolean candidateOnly) {
        List<String> arguments =
                new ArrayList<>(List.of(tools.cache().toString(), "-c", configuration.toString(), "show", "--quiet=0"));
        if (candidateOnly) {
            arguments.add("--no-all-versions");
        }
        arguments.add(packageName);
        ChildProcess.Result result = ChildProcess.run(arguments, directory, QUERY_LIMIT, AptView::ignoreTick);
        return result.succeeded() ? Stanza.parseAll(result.output()) : List.of();
    }

    /** Where apt would fetch exactly this version from, and what it must hash to. */
    Download locate(String packageName, String version) {
        ChildProcess.Result result = ChildProcess.run(
                List.of(
                        tools.get().toString(),
                        "-c",
                        configuration.toString(),
                        "download",
                        "--print-uris",
                        packageName + "=" + version),
                directory,
                QUERY_LIMIT,
                AptView::ignoreTick);
        if (!result.succeeded()) {
            throw FetchFailures.missing("package " + packageName + " " + version, result.reason());
        }
        return Download.parse(packageName, result.output());
    }

    /**
     * A package with all that it depends on, as apt would install it where nothing is installed, itself last; empty if
     * there is no such package. Of our own lists only: on the host most of it is installed.
     */
    List<Download> closure(String packageName) {
        return closure(packageName, List.of());
    }

    /** The same from the distribution's backports, and of what it depends on only that which has to be. */
    List<Download> backport(String packageName) {
        String codename = osRelease().getOrDefault("VERSION_CODENAME", "");
        List<Download> closure = closure(packageName, List.of("-t", codename + BACKPORTS));
        // apt takes the release itself where its backports do not have it. Their versions:
        // backports.debian.org/Contribute.
        return !closure.isEmpty() && closure.get(closure.size() - 1).fileName().contains("~bpo") ? closure : List.of();
    }

    private List<Download> closure(String packageName, List<String> options) {
        List<String> words = new ArrayList<>(
                List.of(tools.get().toString(), "-c", configuration.toString(), "-o", "Acquire::ForceHash=SHA256"));
        words.addAll(options);
        words.addAll(List.of("install", "--print-uris", "-qq", "-y", "--no-install-recommends", packageName));
        ChildProcess.Result result = ChildProcess.run(words, directory, QUERY_LIMIT, AptView::ignoreTick);
        List<Download> closure = result.succeeded() ? Download.parseAll(result.output()) : List.of();
        // A name that several packages stand for gets one of them.
        boolean isReal = !closure.isEmpty()
                && closure.get(closure.size() - 1).packageName().equals(packageName);
        return isReal ? closure : List.of();
    }

    /** The packages' tables of contents, which apt fetches and verifies as it does the lists; gzip. Not kept up to date. */
    List<Path> contents(Progress progress) {
        List<String> options = List.of(
                "-c",
                configuration.toString(),
                "-o",
                "Acquire::IndexTargets::deb::Contents-deb::MetaKey=$(COMPONENT)/Contents-$(ARCHITECTURE)",
                "-o",
                "Acquire::IndexTargets::deb::Contents-deb::Description=$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Contents",
                "-o",
                "Acquire::IndexTargets::deb::Contents-deb::KeepCompressed=true",
                "-o",
                "Acquire::IndexTargets::deb::Contents-deb::KeepCompressedAs=gz");
        progress.step("look through what is in the packages");
        List<String> update = new ArrayList<>(List.of(tools.get().toString()));
        update.addAll(options);
        update.addAll(List.of("-q", "update"));
        // Some repositories have no such table; what there is decides.
        ChildProcess.run(update, directory, UPDATE_LIMIT, AptView::ignoreTick);
        List<String> ask = new ArrayList<>(List.of(tools.get().toString()));
        ask.addAll(options);
        ask.addAll(List.of("indextargets", "--format", "$(FILENAME)", "Created-By: Contents-deb"));
        return ChildProcess.run(ask, directory, QUERY_LIMIT, AptView::ignoreTick)
                .output()
                .lines()
                .map(Path::of)
                .filter(Files::isReadable)
                .toList();
    }

    /** Lets apt bring the file, going on from what an interrupted run left there. */
    ChildProcess.Result download(Download download, Path target, Duration limit, Runnable tick) {
        return ChildProcess.run(
                List.of(
                        tools.helper().toString(),
                        "-c",
                        configuration.toString(),
                        "download-file",
                        download.uri(),
                        target.toString(),
                        download.hash()),
                directory,
                limit,
                tick);
    }

    private List<String> sources(Distribution distribution, PackageArchitecture architecture) {
        ChildProcess.Result result = ChildProcess.run(
                List.of(
                        tools.get().toString(),
                        "indextargets",
                        "--format",
                        "Repo: $(REPO_URI)\nRelease: $(RELEASE)\nComponent: $(COMPONENT)\nOrigin: $(ORIGIN)\n\n",
                        "Created-By: Packages"),
                directory,
                QUERY_LIMIT,
                AptView::ignoreTick);
        List<String> sources = sourceLines(Stanza.parseAll(result.output()), distribution, architecture, osRelease());
        if (sources.isEmpty()) {
            throw FetchFailures.missing(
                    distribution.word() + " kernels", "apt on this host has no repository of " + distribution.word());
        }
        return sources;
    }

    /** One-line-style sources, sources.list(5), main component only: that is where the kernels are. */
    static List<String> sourceLines(
            Collection<Stanza> targets,
            Distribution distribution,
            PackageArchitecture architecture,
            Map<String, String> osRelease) {
        String codename = osRelease.getOrDefault("VERSION_CODENAME", "");
        String keyring =
                Files.isReadable(Path.of(distribution.keyring())) ? " signed-by=" + distribution.keyring() : "";
        Set<String> lines = new LinkedHashSet<>();
        for (Stanza target : targets) {
            String origin = target.field("Origin");
            // Before the first update apt knows no origin; then the host's own distribution is what it serves.
            boolean unknown = origin.isEmpty() || origin.startsWith("$(");
            boolean ours = unknown
                    ? osRelease.getOrDefault("ID", "").equals(distribution.word())
                    : origin.equalsIgnoreCase(distribution.word());
            if (!ours || !target.field("Component").equals("main")) {
                continue;
            }
            String repository = target.field("Repo");
            String head = "deb [arch=" + architecture.debianName() + keyring + "] " + repository + " ";
            lines.add(head + target.field("Release") + " main");
            if (distribution == Distribution.DEBIAN && target.field("Release").equals(codename)) {
                lines.add(head + codename + BACKPORTS + " main");
            }
        }
        return List.copyOf(lines);
    }

    static Map<String, String> osRelease() {
        try {
            return Stanza.assignments(Files.readString(Path.of("/etc/os-release")));
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }
}
