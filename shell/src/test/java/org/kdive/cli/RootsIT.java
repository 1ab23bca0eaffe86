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
    private static final String ARM64 = "virt,gic-version=3,its=off,secure=on,virtualization=on";
    // Debian's cloud kernels for arm64 have no 9p.
    private static final String ARM64_KERNEL = "debian/arm64-generic";

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

    /** Stops in start_kernel, waits for the last line and the shell, and then runs the commands, as a script does. */
    private void boot(List<String> options, String... commands) throws IOException {
        Path script = directory.resolve("script.kdive");
        List<String> lines = new ArrayList<>(List.of(
                "tbreak start_kernel",
                "continue",
                "expect stop start_kernel",
                "continue &",
                "expect console Hello Linux within 120s",
                "expect console This boot took .* seconds within 10s",
                "expect console / # within 30s"));
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
                List.of("--kernel", kernel, "--initrd", archive.toString(), "--share", share + ",plain"),
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

    /** The machine of many a guide to booting arm64: secure world, hypervisor, third-generation interrupts, no ITS. */
    private static List<String> onArm64(Path share, String... more) {
        List<String> options = new ArrayList<>(List.of("--kernel", ARM64_KERNEL, "--machine", ARM64));
        options.addAll(List.of("--cpu", "cortex-a53", "--cpus", "4", "--memory", "2G"));
        options.addAll(List.of("--share", share + ":share", "--append", "quiet"));
        options.addAll(List.of(more));
        return options;
    }

    @Test
    void arm64RunsALinuxrcRootAndSharesADirectoryBothWays() throws IOException {
        Path share = Files.createDirectory(directory.resolve("share"));
        Files.writeString(share.resolve("question"), "from the host");
        Path archive = directory.resolve("root.cpio");
        kdive("image", "rootfs", "--style", "linuxrc", "--kernel", ARM64_KERNEL, "-o", archive);

        boot(
                onArm64(share, "--initrd", archive.toString(), "--append", "rdinit=/linuxrc"),
                "send cat /mnt/share/question; echo from the guest >/mnt/share/answer; readlink /proc/1/exe; nproc; uname -m",
                "expect console from the host within 30s",
                "expect console (?s)/bin/busybox\\s+4\\s+aarch64 within 30s");
        assertThat(share.resolve("answer")).hasContent("from the guest");
    }

    @Test
    void arm64KeepsWhatIsWrittenToItsDiskForTheNextBoot() throws IOException {
        Path share = Files.createDirectory(directory.resolve("share"));
        Path disk = directory.resolve("root.ext4");
        kdive("image", "disk", "--kernel", ARM64_KERNEL, "-o", disk);
        List<String> options = onArm64(share, "--disk", disk + ",rw", "--append", "root=/dev/vda rw");

        boot(
                options,
                "send echo written >/root/note; sync; cat /proc/mounts; echo d\"\"one",
                "expect console /dev/vda / ext4 rw within 30s",
                "expect console share /mnt/share 9p rw within 30s",
                "expect console done within 30s");
        boot(options, "send cp /root/note /mnt/share/; echo d\"\"one", "expect console done within 30s");
        assertThat(share.resolve("note")).hasContent("written");
    }
}
