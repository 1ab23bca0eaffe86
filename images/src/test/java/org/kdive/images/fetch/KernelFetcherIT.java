package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;

/** Real packages through the host's real apt, into a cache of the test's own. */
final class KernelFetcherIT {
    @TempDir
    private Path directory;

    @BeforeEach
    void needsApt() {
        assumeTrue(AptTools.find(System.getenv()).isPresent() || System.getenv("CI") != null, "no apt on this host");
    }

    private static final class Recorded implements Progress {
        private final List<String> steps = new ArrayList<>();
        private long doneBytes;
        private long totalBytes;

        @Override
        public void step(String what) {
            steps.add(what);
        }

        @Override
        public void downloaded(long done, long total, long bytesPerSecond) {
            doneBytes = done;
            totalBytes = total;
        }
    }

    @Test
    void bringsTheStockCloudKernelOnceAndThenFindsItWithoutAsking() throws IOException {
        KernelFetcher fetcher = new KernelFetcher(new Cache(directory), System.getenv());
        KernelName name = KernelName.parse("debian");
        Recorded cold = new Recorded();

        FetchedKernel first = fetcher.fetch(name, cold);

        assertThat(first.cached()).isFalse();
        assertThat(first.packageName()).matches("linux-image-[0-9].*-cloud-amd64");
        assertThat(cold.doneBytes).isEqualTo(cold.totalBytes).isGreaterThan(5 << 20);
        byte[] head = Files.newInputStream(first.kernel()).readNBytes(0x206);
        assertThat(new String(head, 0x202, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("HdrS");
        assertThat(first.config())
                .hasValueSatisfying(config -> assertThat(config).content().contains("CONFIG_64BIT=y"));

        // No program can be found on this path: the second fetch must not need one.
        KernelFetcher blind = new KernelFetcher(new Cache(directory), Map.of("PATH", "/nonexistent"));
        Recorded warm = new Recorded();
        FetchedKernel second = blind.fetch(name, warm);
        assertThat(second.cached()).isTrue();
        assertThat(second.kernel()).isEqualTo(first.kernel());
        assertThat(warm.steps).isEmpty();
        assertThatThrownBy(() -> blind.fetch(KernelName.parse("debian-generic"), warm))
                .hasMessageContaining("apt: not on this host");
    }

    @Test
    void fetchesAForeignArchitectureWithListsOfItsOwnAndTwoAtOnceShareTheWork() {
        KernelFetcher fetcher = new KernelFetcher(new Cache(directory), System.getenv());
        KernelName name = KernelName.parse("debian/arm64");
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            var one = CompletableFuture.supplyAsync(() -> fetcher.fetch(name, Progress.silent()), two);
            var other = CompletableFuture.supplyAsync(() -> fetcher.fetch(name, Progress.silent()), two);

            assertThat(one.join().kernel()).isEqualTo(other.join().kernel()).isReadable();
            assertThat(one.join().cached()).isNotEqualTo(other.join().cached());
            assertThat(one.join().packageName()).endsWith("-cloud-arm64");
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void findsBusyboxOnThisMachineOrInThePackage() {
        BusyboxFetcher nothingHere = new BusyboxFetcher(new Cache(directory), System.getenv(), List.of());

        Path arm64 = nothingHere.fetch(Architecture.ARM64, Progress.silent());

        assertThat(ElfProgram.isStaticFor(arm64, Architecture.ARM64)).isTrue();
        assertThat(ElfProgram.isStaticFor(arm64, Architecture.X86_64)).isFalse();
        assertThat(nothingHere.fetch(Architecture.ARM64, Progress.silent())).isEqualTo(arm64);
    }
}
