package org.kdive.images.fetch;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which package has a library? Debian names them after the library and its version (Debian Policy 8.1), more or less. */
final class LibraryPackages {
    // "lib" and two more letters that agree
    private static final int LEAST_ALIKE = 5;

    private static final Map<String, String> OTHERWISE = Map.of("libz", "zlib", "libcrypto", "libssl");

    private LibraryPackages() {}

    /**
     * The package that most likely has one of the libraries, or else the smallest: whoever asks again without it gets to
     * the right one in the end. Empty when there are none left.
     */
    static Optional<Download> likeliest(Collection<String> libraries, List<Download> packages) {
        Comparator<Download> byLikeness = Comparator.comparingInt(one -> likeness(one.packageName(), libraries));
        return packages.stream()
                .max(byLikeness.thenComparing(
                        Comparator.comparingLong(Download::sizeBytes).reversed()));
    }

    private static int likeness(String packageName, Collection<String> libraries) {
        int most = libraries.stream()
                .mapToInt(library -> alike(plain(packageName), expected(library)))
                .max()
                .orElse(0);
        return most < LEAST_ALIKE ? 0 : most;
    }

    /** {@code libstdc++.so.6} is in libstdc++6; those named otherwise are known by name. */
    private static String expected(String library) {
        String[] parts = library.split("\\.so", 2);
        String version = parts.length == 2 ? parts[1] : "";
        return plain(OTHERWISE.getOrDefault(parts[0], parts[0]) + version);
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9+]", "");
    }

    private static int alike(String a, String b) {
        int end = 0;
        while (end < a.length() && end < b.length() && a.charAt(end) == b.charAt(end)) {
            end++;
        }
        return end;
    }
}
