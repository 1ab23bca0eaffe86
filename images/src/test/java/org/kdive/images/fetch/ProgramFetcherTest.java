package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;

/** What was fetched before is found without a package client: there is none on the path. */
final class ProgramFetcherTest {
    @TempDir
    private Path directory;

    private ProgramFetcher fetcher;
    private Path packages;

    @BeforeEach
    void fill() throws IOException {
        Path root = directory.resolve("kdive");
        packages = root.resolve("packages");
        Path program =
                Files.createDirectories(packages.resolve("p_1_arm64/usr/bin")).resolve("p");
        Files.writeString(program, "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.createDirectories(packages.resolve("libp1_1_arm64"));
        Files.createDirectories(root.resolve("programs"));
        Files.writeString(root.resolve("programs/arm64_p"), "p_1_arm64\nlibp1_1_arm64\n");
        fetcher = new ProgramFetcher(new Cache(root), Map.of("PATH", directory.toString()));
    }

    @Test
    void aProgramIsFoundInTheCache() {
        PackagedProgram found = fetcher.fetch(PackageArchitecture.ARM64, "p", Progress.silent());
        assertThat(found.programs()).containsExactly(packages.resolve("p_1_arm64/usr/bin/p"));
        assertThat(found.roots()).containsExactly(packages.resolve("p_1_arm64"), packages.resolve("libp1_1_arm64"));
    }

    @Test
    void packagesThatAProgramNeedsAreNotStale() throws IOException {
        Files.createDirectories(packages.resolve("old_1_arm64"));
        assertThat(new CacheContents(new Cache(directory.resolve("kdive"))).list())
                .filteredOn(CacheContents.Item::stale)
                .extracting(CacheContents.Item::name)
                .containsExactly("packages/old_1_arm64");
    }

    @Test
    void whatIsNotInTheCacheNeedsApt() throws IOException {
        Files.delete(packages.resolve("libp1_1_arm64"));
        for (String name : Set.of("p", "q")) {
            assertThatThrownBy(() -> fetcher.fetch(PackageArchitecture.ARM64, name, Progress.silent()))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("apt: not on this host; give the program as a file");
        }
        assertThatThrownBy(() -> fetcher.fetch(PackageArchitecture.ARM64, "../p", Progress.silent()))
                .hasMessageContaining("no name of a package");
    }
}
