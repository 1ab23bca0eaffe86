package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;

/** There is no package client on the path. That what apt brings runs is seen wherever a test boots with it. */
final class EmulatorFetcherTest {
    @TempDir
    private Path directory;

    private EmulatorFetcher fetcher() {
        return new EmulatorFetcher(
                new Cache(directory.resolve("kdive")),
                Map.of("PATH", directory.resolve("empty").toString()));
    }

    @Test
    void whatWasFetchedBeforeIsFoundAgain() throws IOException {
        Path start = directory.resolve("kdive/emulators/qemu-system-x86_64-backports/qemu-system-x86_64");
        Files.createDirectories(start.getParent());
        Files.writeString(start, "#!/bin/sh\n");
        assertThat(start.toFile().setExecutable(true)).isTrue();
        assertThat(fetcher().backport("qemu-system-x86_64", Progress.silent())).isEqualTo(start);
        assertThat(new CacheContents(new Cache(directory.resolve("kdive"))).list())
                .extracting(CacheContents.Item::name, CacheContents.Item::stale)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("emulators/qemu-system-x86_64-backports", false));
    }

    @Test
    void withoutAPackageClientThereIsOneLine() {
        assertThatThrownBy(() -> fetcher().backport("qemu-system-arm", Progress.silent()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(
                        "apt: not on this host; give the program as a file, or fetch it on Debian or Ubuntu");
    }
}
