package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        List<Object> words = new ArrayList<>(List.of("run", script, "--timeout", "200s"));
        if (!options.contains("--kernel")) {
            words.addAll(List.of("--kernel", "debian"));
        }
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

    @ParameterizedTest
    @ValueSource(strings = {"debian/arm64-generic", "debian/armhf"})
    void aProgramOfTheGuestsProcessorRunsAndAShareIsMounted(String kernel) throws IOException {
        Path share = Files.createDirectory(directory.resolve("host"));
        Path question = Files.writeString(share.resolve("question"), "6 * 7");
        Files.setPosixFilePermissions(question, PosixFilePermissions.fromString("rw-r-----"));
        Path archive = directory.resolve("root.cpio.gz");
        kdive("image", "rootfs", "--kernel", kernel, "--add", "strace", "-o", archive);

        boot(
                List.of("--kernel", kernel, "--initrd", archive.toString(), "--share", share.toString()),
                "send strace -V; ls -l /mnt/share/; cp -p /mnt/host/question /mnt/share/answer; echo do'ne'",
                "expect console strace -- version within 60s",
                "expect console rw-r----- within 60s",
                "expect console done within 60s");

        assertThat(share.resolve("answer")).hasContent("6 * 7");
        assertThat(Files.getPosixFilePermissions(share.resolve("answer")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc", "q35"})
    void aDirectorySharedWhileTheGuestRunsIsMountedAndLetGo(String machine) throws IOException {
        Path share = Files.createDirectory(directory.resolve("late"));
        Files.writeString(share.resolve("question"), "6 * 7");

        boot(
                List.of("--kernel", "debian-generic", "--machine", machine),
                "interrupt",
                "share add " + share + " late ro",
                "continue &",
                "send until cat /mnt/late/question; do sleep 1; done; touch /mnt/late/x; umount /mnt/late; echo do'ne'",
                "expect console 6 . 7 within 60s",
                "expect console Read-only file system within 60s",
                "expect console done within 60s",
                "share remove late");

        assertThat(share.resolve("x")).doesNotExist();
    }
}
