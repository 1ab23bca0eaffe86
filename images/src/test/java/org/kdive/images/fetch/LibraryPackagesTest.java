package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LibraryPackagesTest {
    // What perf depends on, a part of it, as Debian 12 names it.
    private static final List<Download> PACKAGES = Stream.of(
                    "libc6",
                    "libcap2",
                    "libcom-err2",
                    "libelf1",
                    "libdw1",
                    "libpython3.11",
                    "libpython3-stdlib",
                    "libperl5.36",
                    "zlib1g",
                    "libzstd1",
                    "libssl3",
                    "libstdc++6",
                    "libgcc-s1",
                    "libglib2.0-0",
                    "perl")
            .map(name -> new Download("http://x/", name + "_1_arm64.deb", 1000 - name.length(), "SHA256:00"))
            .toList();

    @ParameterizedTest
    @CsvSource({
        "libc.so.6, libc6",
        "libz.so.1, zlib1g",
        "libzstd.so.1, libzstd1",
        "libcrypto.so.3, libssl3",
        "libstdc++.so.6, libstdc++6",
        "libgcc_s.so.1, libgcc-s1",
        "libglib-2.0.so.0, libglib2.0-0",
        "libpython3.11.so.1.0, libpython3.11",
        "libperl.so.5.36, libperl5.36",
        "libdw.so.1, libdw1"
    })
    void theLibrarysNameLeadsToThePackage(String library, String packageName) {
        assertThat(LibraryPackages.likeliest(Set.of(library), PACKAGES))
                .map(Download::packageName)
                .hasValue(packageName);
    }

    @Test
    void aNameThatTellsNothingLeadsToTheSmallestAndInTheEndToNone() {
        assertThat(LibraryPackages.likeliest(Set.of("odd.so"), PACKAGES))
                .map(Download::packageName)
                .hasValue("libpython3-stdlib");
        assertThat(LibraryPackages.likeliest(Set.of("odd.so"), List.of())).isEmpty();
    }
}
