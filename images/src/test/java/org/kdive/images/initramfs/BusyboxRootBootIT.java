package org.kdive.images.initramfs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;

/** The root in a real guest, down to a share that is plugged in while it runs. */
final class BusyboxRootBootIT {
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
    // Waits for the share of its own accord, as a user's program would.
    private static final String START = """
            #!/bin/sh
            (while [ ! -e /mnt/tag0/question ]; do sleep 1; done
            cp /mnt/tag0/question /mnt/tag0/answer) &
            """;

    @TempDir
    private Path directory;

    @BeforeEach
    void needsQemu() {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")) || System.getenv("CI") != null,
                "no qemu-system-x86_64 on this host");
    }

    @Test
    void saysHelloAndMountsAShareThatIsPluggedInLater() throws IOException, InterruptedException {
        KernelFetcher fetcher = KernelFetcher.ofUser();
        FetchedKernel kernel = fetcher.fetch(KernelName.parse("debian-generic"), Progress.silent());
        List<Path> modules = fetcher.modules(kernel, KernelFetcher.shareModules(), Progress.silent());
        Path busybox = BusyboxFetcher.ofUser().fetch(Architecture.X86_64, Progress.silent());
        FileTree tree = BusyboxRoot.tree(busybox, modules).toBuilder()
                .file("etc/start", 0755, Content.of(START))
                .build();
        Path archive = new InitramfsCache(directory.resolve("cache")).archive(tree, Compression.ZSTD);
        Path share = Files.createDirectory(directory.resolve("share"));
        Files.writeString(share.resolve("question"), "6 * 7");
        Path log = directory.resolve("console.log");

        Process qemu = boot(kernel.kernel(), archive, share, log);
        try (Writer monitor = qemu.outputWriter()) {
            await().atMost(BOOT_LIMIT)
                    .until(() -> text(log).matches("(?s).*Hello Linux\\RThis boot took [0-9.]+ seconds\\R.*"));
            monitor.write("device_add virtio-9p-pci,fsdev=s0,mount_tag=tag0\n");
            monitor.flush();
            await().atMost(BOOT_LIMIT).until(() -> Files.exists(share.resolve("answer")));
            await().atMost(BOOT_LIMIT)
                    .untilAsserted(() -> assertThat(share.resolve("answer")).hasContent("6 * 7"));
        } finally {
            qemu.destroyForcibly();
            assertThat(qemu.waitFor(10, SECONDS)).isTrue();
        }
    }

    private Process boot(Path kernel, Path archive, Path share, Path log) throws IOException {
        return new ProcessBuilder(
                        "/usr/bin/qemu-system-x86_64",
                        "-accel",
                        "tcg",
                        "-m",
                        "512",
                        "-nodefaults",
                        "-display",
                        "none",
                        "-no-reboot",
                        "-kernel",
                        kernel.toString(),
                        "-initrd",
                        archive.toString(),
                        "-append",
                        "console=ttyS0 panic=-1",
                        "-fsdev",
                        "local,id=s0,security_model=none,path=" + share,
                        "-serial",
                        "file:" + log,
                        "-monitor",
                        "stdio")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("monitor.log").toFile())
                .start();
    }

    private static String text(Path log) throws IOException {
        return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1) : "";
    }
}
