package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;

/** Brings single packages of a distribution as files, through apt. Not to be used without the cache's lock. */
final class PackageFetcher {
    private static final Duration LISTS_MAX_AGE = Duration.ofHours(24);
    private static final Duration DOWNLOAD_LIMIT = Duration.ofHours(1);
    private static final Pattern PACKAGE_NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,200}");
    // "linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2), kmod"
    private static final Pattern KERNEL_DEPENDENCY =
            Pattern.compile("(?:^|[,|] *)(linux-image-[0-9][a-z0-9+.~-]*)(?: *\\(= *([^)\\s]+)\\))?");

    private final Cache cache;
    private final Map<String, String> environment;

    PackageFetcher(Cache cache, Map<String, String> environment) {
        this.cache = cache;
        this.environment = Map.copyOf(environment);
    }

    /** A package that apt offers, and the lists it was found in. */
    record Offer(String packageName, String version, AptView view) {}

    /** Which lists of packages to believe: the host's if they know the answer, or our own, updated this minute. */
    enum Lists {
        HOST_FIRST,
        FRESH
    }

    /** The kernel package that the meta package stands for. */
    Offer findKernel(KernelName.Packaged name, Lists lists, Progress progress) {
        String metaPackage = name.distribution()
                .findMetaPackage(name.architecture(), name.flavour())
                .orElseThrow(() -> FetchFailures.missing(
                        name.words(),
                        "%s has no %s kernel for %s"
                                .formatted(
                                        name.distribution().word(),
                                        name.flavour(),
                                        name.architecture().debianName())));
        progress.step("look up " + metaPackage);
        return offer(
                        lists,
                        name.distribution(),
                        name.architecture(),
                        progress,
                        view -> kernelOf(view, metaPackage, name.version()))
                .orElseThrow(() -> FetchFailures.missing(
                        name.words(),
                        "no repository of this host has %s%s"
                                .formatted(metaPackage, name.version() == null ? "" : " " + name.version())));
    }

    /** The newest version of a package that has this very name. */
    Offer findPackage(
            Distribution distribution, PackageArchitecture architecture, String packageName, Progress progress) {
        progress.step("look up " + packageName + " for " + architecture.debianName());
        return offer(
                        Lists.HOST_FIRST,
                        distribution,
                        architecture,
                        progress,
                        view -> view.show(packageName, true).stream()
                                .findFirst()
                                .map(stanza -> new Offer(packageName, stanza.field("Version"), view)))
                .orElseThrow(() -> FetchFailures.missing(
                        "package " + packageName,
                        "no repository of this host has it for " + architecture.debianName()));
    }

    /** Whose packages this host's apt serves; Debian if it is neither that we know. */
    Distribution hostDistribution() {
        String id = AptView.osRelease().getOrDefault("ID", "");
        return Arrays.stream(Distribution.values())
                .filter(distribution -> distribution.word().equals(id))
                .findFirst()
                .orElse(Distribution.DEBIAN);
    }

    private interface Question {
        Optional<Offer> ask(AptView view);
    }

    private Optional<Offer> offer(
            Lists lists,
            Distribution distribution,
            PackageArchitecture architecture,
            Progress progress,
            Question question) {
        AptTools tools = AptTools.find(environment)
                .orElseThrow(() -> FetchFailures.missing(
                        "apt", "not on this host; give the kernel as a file, or fetch it on Debian or Ubuntu"));
        if (lists == Lists.HOST_FIRST
                && PackageArchitecture.ofHost().filter(architecture::equals).isPresent()) {
            Optional<Offer> offer = question.ask(AptView.ofHost(tools, cache));
            if (offer.isPresent()) {
                return offer;
            }
        }
        AptView own = AptView.own(tools, cache, distribution, architecture);
        Optional<String> problem = own.update(lists == Lists.FRESH ? Duration.ZERO : LISTS_MAX_AGE, progress);
        Optional<Offer> offer = question.ask(own);
        if (offer.isEmpty() && problem.isPresent()) {
            throw FetchFailures.missing("apt-get update", problem.get());
        }
        return offer;
    }

    private static Optional<Offer> kernelOf(AptView view, String metaPackage, @Nullable String version) {
        return view.show(metaPackage, version == null).stream()
                .filter(stanza -> stanza.field("Package").equals(metaPackage))
                .filter(stanza -> version == null || isVersion(stanza.field("Version"), version))
                .findFirst()
                .flatMap(stanza -> dependency(view, stanza));
    }

    private static boolean isVersion(String version, String wanted) {
        return version.equals(wanted) || version.matches(Pattern.quote(wanted) + "[^0-9].*");
    }

    private static Optional<Offer> dependency(AptView view, Stanza metaPackage) {
        Matcher kernel = KERNEL_DEPENDENCY.matcher(metaPackage.field("Depends"));
        if (!kernel.find() || !PACKAGE_NAME.matcher(kernel.group(1)).matches()) {
            return Optional.empty();
        }
        String version = kernel.group(2) == null ? metaPackage.field("Version") : kernel.group(2);
        return Optional.of(new Offer(kernel.group(1), version, view));
    }

    /** Our own lists for an architecture, not older than a day; apt must have been able to read some of them. */
    AptView ownView(PackageArchitecture architecture, Progress progress) {
        AptTools tools = AptTools.find(environment)
                .orElseThrow(() -> FetchFailures.missing(
                        "apt", "not on this host; give the program as a file, or fetch it on Debian or Ubuntu"));
        AptView own = AptView.own(tools, cache, hostDistribution(), architecture);
        Optional<String> problem = own.update(LISTS_MAX_AGE, progress);
        problem.ifPresent(why -> progress.step("apt-get update: " + why));
        return own;
    }

    /** The package as a file, kept in the cache under the name that apt gives it. */
    Path download(Offer offer, Progress progress) {
        return download(offer.view(), offer.view().locate(offer.packageName(), offer.version()), progress);
    }

    Path download(AptView view, Download download, Progress progress) {
        Path target = cache.directory("partial").resolve(download.fileName());
        progress.step("download " + download.label());
        Meter meter = new Meter(target, download.sizeBytes(), progress);
        ChildProcess.Result result = view.download(download, target, DOWNLOAD_LIMIT, meter::read);
        if (!result.succeeded()) {
            throw FetchFailures.missing("download " + download.uri(), result.reason());
        }
        if (sizeOf(target) != download.sizeBytes()) {
            throw FetchFailures.missing(
                    "download " + download.uri(), "got %d of %d bytes".formatted(sizeOf(target), download.sizeBytes()));
        }
        meter.read();
        return target;
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    /** Watches a file grow. */
    private static final class Meter {
        private final Path file;
        private final long totalBytes;
        private final Progress progress;
        private final long startNanos = System.nanoTime();
        private final long startBytes;

        Meter(Path file, long totalBytes, Progress progress) {
            this.file = file;
            this.totalBytes = totalBytes;
            this.progress = progress;
            this.startBytes = file.toFile().length();
        }

        void read() {
            // 0 while the file does not exist yet.
            long doneBytes = file.toFile().length();
            long nanos = Math.max(1, System.nanoTime() - startNanos);
            long rate = (long) (Math.max(0, doneBytes - startBytes) * 1e9 / nanos);
            progress.downloaded(doneBytes, totalBytes, rate);
        }
    }
}
