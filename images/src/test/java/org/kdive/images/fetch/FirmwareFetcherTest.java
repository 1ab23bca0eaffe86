package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

final class FirmwareFetcherTest {
    private static final String PATH = "usr/lib/u-boot/qemu_arm64/u-boot.bin";

    @TempDir
    private Path directory;

    private FirmwareFetcher fetcher() {
        return new FirmwareFetcher(new Cache(directory.resolve("cache")), Map.of(), directory.resolve("host"));
    }

    private Path put(String path) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, "U-Boot");
    }

    @Test
    void takesWhatWasFetchedBefore() throws IOException {
        Path cached = put("cache/firmware/qemu_arm64.bin");

        assertThat(fetcher().uBoot(Architecture.ARM64, Progress.silent())).isEqualTo(cached);
    }

    @Test
    void prefersWhatTheHostHasInstalled() throws IOException {
        put("cache/firmware/qemu_arm64.bin");
        Path installed = put("host/" + PATH);

        assertThat(fetcher().uBoot(Architecture.ARM64, Progress.silent())).isEqualTo(installed);
    }

    @Test
    void knowsForWhichGuestsThereIsNone() {
        assertThat(FirmwareFetcher.hasUBoot(Architecture.X86_64)).isFalse();
        assertThatThrownBy(() -> fetcher().uBoot(Architecture.X86_64, Progress.silent()))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.failure()).isInstanceOf(ImageFailure.Missing.class));
    }
}
