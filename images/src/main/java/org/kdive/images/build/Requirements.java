package org.kdive.images.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** What a kernel build needs of the host (Documentation/process/changes.rst), found before it is missed half-way. */
final class Requirements {
    private final HostTools tools;
    private final List<String> missing = new ArrayList<>();
    private final List<String> packages = new ArrayList<>();

    private Requirements(HostTools tools) {
        this.tools = tools;
    }

    /**
     * The compiler's prefix: empty for the host's own.
     *
     * @param named what the user gave as prefix; null to look for one
     */
    static String check(HostTools tools, BuildTarget target, @Nullable String named, boolean wantsTypes) {
        Requirements all = new Requirements(tools);
        all.program("make", "make");
        Optional<String> prefix = named != null ? Optional.of(named) : find(tools, target);
        if (prefix.isPresent()) {
            all.program(
                    prefix.get() + "gcc", named == null && prefix.get().isEmpty() ? "gcc" : target.compilerPackage());
            all.program(prefix.get() + "ld", prefix.get().isEmpty() ? "binutils" : target.compilerPackage());
        } else {
            all.add("a compiler for " + target.word(), target.isNative() ? "gcc" : target.compilerPackage());
        }
        if (!prefix.orElse("-").isEmpty()) {
            all.program("gcc", "gcc"); // the build's own programs
        }
        all.program("flex", "flex");
        all.program("bison", "bison");
        all.program("bc", "bc");
        all.header("gelf.h", "libelf", "libelf-dev");
        if (wantsTypes) {
            all.program("pahole", "pahole");
        }
        all.requireNothingMissing();
        return prefix.orElseThrow();
    }

    /** What helps against an error of make's that only some configurations run into; empty when we do not know. */
    static Optional<String> remedy(HostTools tools, String error) {
        // scripts/sign-file.c and certs/extract-cert.c, for kernels with signed modules
        if (error.contains("openssl/") && error.contains("No such file")) {
            return Optional.of("install with: " + PackageClient.of(tools).command(List.of("libssl-dev")));
        }
        return Optional.empty();
    }

    private static Optional<String> find(HostTools tools, BuildTarget target) {
        if (target.isNative() && tools.findProgram("gcc").isPresent()) {
            return Optional.of("");
        }
        return target.prefixes().stream()
                .filter(prefix -> tools.findProgram(prefix + "gcc").isPresent())
                .findFirst();
    }

    private void program(String name, String packageName) {
        if (tools.findProgram(name).isEmpty()) {
            add(name, packageName);
        }
    }

    private void header(String file, String name, String packageName) {
        if (!tools.hasHeader(file)) {
            add(name, packageName);
        }
    }

    private void add(String what, String packageName) {
        missing.add(what);
        if (!packages.contains(packageName)) {
            packages.add(packageName);
        }
    }

    private void requireNothingMissing() {
        if (!missing.isEmpty()) {
            throw new ImageException(new ImageFailure.Missing(
                    "build",
                    "missing %s; install with: %s"
                            .formatted(
                                    String.join(", ", missing),
                                    PackageClient.of(tools).command(packages))));
        }
    }
}
