package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.Progress;

/** Roots that know nothing of kdive: a shell and no more. Shares are mounted by that shell. */
@Timeout(300)
final class ForeignRootSharesIT {
    private static final List<String> APPLETS = List.of(
            "sh", "mount", "umount", "mkdir", "grep", "sleep", "insmod", "cat", "cp", "ls", "echo", "stat", "rev");

    @TempDir
    private Path directory;

    private Path root(Architecture architecture, String init) throws IOException {
        Path root = directory.resolve("root");
        for (String name : List.of("bin", "dev", "proc", "sys", "mnt")) {
            Files.createDirectories(root.resolve(name));
        }
        Path busybox = BusyboxFetcher.ofUser().fetch(architecture, Progress.silent());
        Path program = Files.copy(busybox, root.resolve("bin/busybox"));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        Path script = Files.writeString(root.resolve("init"), "#!/bin/sh\n" + init + "\nexec sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return root;
    }

    private Path share(String name) throws IOException {
        Path share = Files.createDirectory(directory.resolve(name));
        Path question = Files.writeString(share.resolve("question"), "6 * 7\n");
        Files.setPosixFilePermissions(question, PosixFilePermissions.fromString("rw-r-x---"));
        return share;
    }

    private String run(List<String> options, String... lines) throws IOException {
        Path script = Files.write(directory.resolve("script.kdive"), List.of(lines));
        List<Object> words = new ArrayList<>(List.of("run", script, "--timeout", "200s"));
        words.addAll(options);
        CommandLineRun run = CommandLineRun.of(words.toArray());
        assertThat(run.status()).as(run.out() + run.err()).isZero();
        return run.out() + run.err();
    }

    private static void assertAnswered(Path share) throws IOException {
        assertThat(share.resolve("answer")).hasContent("7 * 6");
        Path copy = share.resolve("copy"); // the guest's mode is kept aside, and the file is nobody else's
        assertThat(Files.getPosixFilePermissions(copy)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        ByteBuffer mode = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        Files.getFileAttributeView(copy, UserDefinedFileAttributeView.class).read("virtfs.mode", mode);
        assertThat(mode.getInt(0)).isEqualTo(0100650);
    }

    private static String answer(String share) {
        return "send cd /mnt/%s; stat -c %%a question; rev <question >answer; cp -p question copy; cd /; echo re'ady'"
                .formatted(share);
    }

    @Test
    void aPlainShellOnADiskMountsWhatWasSharedAtTheLaunchAndLater() throws IOException {
        Path disk = directory.resolve("root.ext4");
        assertThat(CommandLineRun.of("image", "disk", root(Architecture.X86_64, ""), "-o", disk)
                        .status())
                .isZero();
        Path first = share("first");
        Path late = share("late");
        String said = run(
                List.of(
                        "--kernel",
                        "debian-generic",
                        "--disk",
                        disk.toString(),
                        "--append",
                        "root=/dev/vda rw init=/bin/sh",
                        "--share",
                        first.toString()),
                "share add " + late + " late",
                "continue &",
                "expect notice share first is mounted at /mnt/first within 100s",
                "expect notice share late is mounted at /mnt/late within 60s",
                answer("first"),
                "expect console 650 within 20s",
                "expect console ready within 20s",
                answer("late"),
                "expect console ready within 20s",
                "share remove late",
                "share add " + late + " again ro",
                "expect notice share again is mounted at /mnt/again within 60s",
                "send echo x >/mnt/again/x; echo re'ady'",
                "expect console Read-only file system within 20s");
        assertThat(said).contains("it is mounted when the guest runs and a shell waits", "late is no longer shared");
        assertAnswered(first);
        assertAnswered(late);
        assertThat(late.resolve("x")).doesNotExist();
    }

    @Test
    void nothingIsTypedBeforeTheShellAndTheModulesAreLaidIntoItsArchive() throws IOException {
        Path first = share("first");
        Path late = share("late");
        String said = run(
                List.of(
                        "--kernel",
                        "debian-generic",
                        "--machine",
                        "q35",
                        "--initrd",
                        root(Architecture.X86_64, "echo -n 'login: '; read name; echo \"hello $name.\"")
                                .toString(),
                        "--share",
                        first.toString()),
                "continue &",
                "expect console login: within 100s",
                "share add " + late + " late",
                "send somebody",
                "expect console hello somebody[.] within 20s",
                "expect notice share first is mounted at /mnt/first within 60s",
                "expect notice share late is mounted at /mnt/late within 60s",
                answer("late"),
                "expect console ready within 20s",
                "share remove late",
                "share list");
        assertThat(said)
                .contains("no shell waits on the console", "mount -t 9p -o trans=virtio", "/.kdive")
                .containsPattern("first +" + first);
        assertAnswered(late);
    }

    @Test
    void anArm64GuestsShellMountsToo() throws IOException {
        Path first = share("first");
        run(
                List.of(
                        "--kernel",
                        "debian/arm64-generic",
                        "--initrd",
                        root(Architecture.ARM64, "").toString(),
                        "--share",
                        first.toString()),
                "continue &",
                "expect notice share first is mounted at /mnt/first within 100s",
                "share add " + directory + " late",
                "expect notice share late is mounted at /mnt/late within 60s",
                answer("first"),
                "expect console ready within 20s",
                "share remove late");
        assertAnswered(first);
    }
}
