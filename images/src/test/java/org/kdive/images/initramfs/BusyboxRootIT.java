package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.Progress;

/** The root against the host's own cpio. */
final class BusyboxRootIT {
    @TempDir
    private Path directory;

    @Test
    void isWhatCpioReadsToo() throws IOException, InterruptedException {
        Path busybox = BusyboxFetcher.ofUser().fetch(Architecture.X86_64, Progress.silent());
        Path archive = new InitramfsCache(directory).archive(BusyboxRoot.tree(busybox), Compression.NONE);

        String listing = run("cpio", "--list", "--verbose", "--numeric-uid-gid", "--quiet", "-I", archive.toString());

        assertThat(listing)
                .containsPattern("crw------- +1 0 +0 +5, +1 .* dev/console")
                .containsPattern("lrwxrwxrwx .* bin/sh -> busybox")
                .containsPattern("-rwxr-xr-x .* init\n")
                .containsPattern("drwxrwxrwt .* tmp\n");
        assertThat(new InitramfsCache(directory).archive(BusyboxRoot.tree(busybox), Compression.NONE))
                .isEqualTo(archive);
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
