package org.kdive.images.fetch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.images.fetch.Distribution.Flavour;

/** A kernel named by where it comes from instead of by a file: {@code debian/arm64:6.12-rt}, {@code host}. */
public sealed interface KernelName {
    /** The name as a user may type it again; equal names have equal words. */
    String words();

    /** The kernel this machine itself runs, read from {@code /boot}. */
    record Host() implements KernelName {
        @Override
        public String words() {
            return "host";
        }
    }

    /** A distribution's package. {@code version} is a prefix such as {@code 6.12}; null means the newest. */
    record Packaged(
            Distribution distribution,
            PackageArchitecture architecture,
            @Nullable String version,
            Flavour flavour) implements KernelName {
        @Override
        public String words() {
            return distribution.word() + "/" + architecture.debianName() + (version == null ? "" : ":" + version) + "-"
                    + flavour;
        }
    }

    // debian [/ arm64] [: 6.12] [- flavour]
    Pattern GRAMMAR = Pattern.compile("([a-z]+)(?:/([a-z0-9]+))?(?::([0-9]+(?:\\.[0-9]+)*))?(?:-([a-z]+))?");

    /** Empty when the words are no kernel name at all, so that they can be tried as a file. */
    static Optional<KernelName> find(String words) {
        if (words.equals("host")) {
            return Optional.of(new Host());
        }
        Matcher parts = GRAMMAR.matcher(words);
        if (!parts.matches()) {
            return Optional.empty();
        }
        for (Distribution distribution : Distribution.values()) {
            if (distribution.word().equals(parts.group(1))) {
                return Optional.of(packaged(distribution, parts));
            }
        }
        return Optional.empty();
    }

    /** Like {@link #find}, for words that must be a name. */
    static KernelName parse(String words) {
        return find(words)
                .orElseThrow(() -> FetchFailures.missing(
                        "kernel " + words,
                        "a kernel is named debian[/ARCH][:VERSION][-cloud|-generic|-rt] or host" + hint(words)));
    }

    private static String hint(String words) {
        Matcher parts = GRAMMAR.matcher(words);
        List<String> known = Stream.concat(
                        Stream.of("host"), Arrays.stream(Distribution.values()).map(Distribution::word))
                .toList();
        return parts.matches() ? Meant.instead(parts.group(1), known) : "";
    }

    private static Packaged packaged(Distribution distribution, Matcher parts) {
        String architectureWord = parts.group(2);
        PackageArchitecture architecture = architectureWord == null
                ? PackageArchitecture.AMD64
                : PackageArchitecture.find(architectureWord)
                        .orElseThrow(() -> FetchFailures.missing(
                                "architecture " + architectureWord,
                                "known are amd64 arm64 armhf armel i386 riscv64"
                                        + Meant.instead(architectureWord, PackageArchitecture.names())));
        String flavourWord = parts.group(4);
        Flavour flavour = flavourWord == null ? distribution.usualFlavour(architecture) : flavour(flavourWord);
        return new Packaged(distribution, architecture, parts.group(3), flavour);
    }

    private static Flavour flavour(String word) {
        for (Flavour flavour : Flavour.values()) {
            if (flavour.name().toLowerCase(Locale.ROOT).equals(word)) {
                return flavour;
            }
        }
        throw FetchFailures.missing(
                "kernel flavour " + word,
                "known are cloud, generic and rt" + Meant.instead(word, List.of("cloud", "generic", "rt")));
    }
}
