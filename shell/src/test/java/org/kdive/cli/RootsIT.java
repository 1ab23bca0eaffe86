package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Roots made here, booted by a stock kernel down to their shells. */
@Timeout(300)
final class RootsIT {
    @TempDir
    private Path directory;

    @BeforeAll
    static void needsQemu() {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")) || System.getenv("CI") != null,
                "no qemu-system-x86_64 on this host");
    }

    private static void kdive(Object... words) {
        CommandLineRun run = CommandLineRun.of(words);
        assertThat(run.status()).as(run.err()).isZero();
    }

    /** Boots, waits for the hello, and then runs the commands one by one, as a script does. */
    private void boot(List<String> options, String... commands) throws IOException {
        Path script = directory.resolve("script.kdive");
        List<String> lines =
                new ArrayList<>(List.of("continue &", "expect console This boot took .* seconds within 120s"));
        lines.addAll(List.of(commands));
        Files.write(script, lines);
        List<Object> words = new ArrayList<>(List.of("run", script, "--kernel", "debian", "--timeout", "200s"));
        words.addAll(options);
        CommandLineRun run = CommandLineRun.of(words.toArray());
        assertThat(run.status()).as(run.out() + run.err()).isZero();
    }

    @Test
    void aLinuxrcRootRunsItsScriptAndAProgramOfThisMachine() throws IOException {
        Path script = Files.writeString(directory.resolve("start"), "#!/bin/sh\nmount >/run/mounts\n");
        Path overlay = directory.resolve("overlay");
        Files.createDirectories(overlay.resolve("etc"));
        Files.writeString(overlay.resolve("etc/motd"), "laid over\n");
        Path archive = directory.resolve("root.cpio.zst");
        kdive(
                "image",
                "rootfs",
                "--style",
                "linuxrc",
                "--add",
                "/bin/ls:/opt/gnu/ls",
                "--script",
                script,
                "--overlay",
                overlay,
                "--compress",
                "zstd",
                "-o",
                archive);

        boot(
                List.of("--initrd", archive.toString(), "--append", "rdinit=/linuxrc"),
                "send readlink /proc/1/exe; cat /etc/motd /run/mounts; /opt/gnu/ls --version",
                "expect console /bin/busybox within 30s",
                "expect console laid over within 30s",
                "expect console tracefs on /sys/kernel/tracing within 30s",
                "expect console ls .GNU coreutils. within 30s");
    }

    @Test
    void aDiskRootKeepsWhatTheGuestWritesOnlyWhenAsked() throws IOException {
        Path disk = directory.resolve("root.qcow2");
        kdive("image", "disk", "--style", "linuxrc", "-o", disk);
        List<String> kept = List.of("--disk", disk + ",rw", "--append", "root=/dev/vda rw");

        boot(
                kept,
                "send echo written >/root/note; sync; mount; echo done",
                "expect console /dev/vda on / type ext4 .rw within 30s",
                "expect console done within 30s");
        byte[] before = Files.readAllBytes(disk);
        boot(
                List.of("--disk", disk.toString(), "--append", "root=/dev/vda rw"),
                "send cat /root/note; rm /root/note; sync; echo gone",
                "expect console written within 30s",
                "expect console gone within 30s");
        assertThat(disk).hasBinaryContent(before);
    }
}
