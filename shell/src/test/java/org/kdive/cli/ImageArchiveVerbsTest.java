package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.command.ExitStatus;

/** {@code image pack}, {@code unpack} and {@code edit} as a user has them. */
final class ImageArchiveVerbsTest {
    @TempDir
    private Path directory;

    private Path root;
    private Path list;
    private Path archive;

    @BeforeEach
    void sources() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/motd"), "welcome\n");
        Files.createSymbolicLink(root.resolve("motd"), Path.of("etc/motd"));
        list = Files.writeString(directory.resolve("list"), """
                # devices that need root to exist here
                dir /dev 755 0 0
                nod /dev/console 600 0 0 c 5 1
                """);
        archive = directory.resolve("root.cpio");
    }

    private CommandLineRun edit(Object... words) {
        Object[] all = Stream.concat(Stream.of("image", "edit", archive), Stream.of(words))
                .toArray();
        return CommandLineRun.of(all);
    }

    private void pack(String compression) {
        assertThat(CommandLineRun.of("image", "pack", root, list, "-o", archive, "--compress", compression)
                        .status())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "lz4", "none"})
    void packsADirectoryAndAListAndLooksInside(String compression) {
        pack(compression);

        assertThat(edit("ls", "-R").out()).isEqualTo("etc\netc/motd\nmotd\ndev\ndev/console\n");
        assertThat(edit("ls", "-l", "/dev").out()).matches("crw------- +0/0 +5, 1 1970-01-01 00:00 dev/console\n");
        assertThat(edit("ls", "-l", "motd").out()).contains("etc/motd\n");
        assertThat(edit("cat", "motd", "etc/motd").out()).isEqualTo("welcome\nwelcome\n");
    }

    @Test
    void packsTheSameBytesTwice() throws IOException {
        pack("gzip");
        byte[] first = Files.readAllBytes(archive);
        pack("gzip");

        assertThat(archive).hasBinaryContent(first);
    }

    @Test
    void laysEachSourceOverThoseBeforeIt() throws IOException {
        Path over = directory.resolve("over");
        Files.createDirectories(over.resolve("etc"));
        Files.writeString(over.resolve("etc/motd"), "changed\n");
        Files.writeString(over.resolve("dev"), "a file where a directory was");

        CommandLineRun.of("image", "pack", root, list, over, "-o", archive);

        assertThat(edit("cat", "etc/motd").out()).isEqualTo("changed\n");
        assertThat(edit("ls", "-R").out()).isEqualTo("etc\netc/motd\nmotd\ndev\n");
    }

    @Test
    void unpacksWhatItPacked() {
        assertThat(CommandLineRun.of("image", "pack", root, "-o", archive).status())
                .isZero();
        Path target = directory.resolve("target");

        assertThat(CommandLineRun.of("image", "unpack", archive, target)).isEqualTo(new CommandLineRun(0, "", ""));

        assertThat(target.resolve("motd")).isSymbolicLink().hasContent("welcome");
    }

    @Test
    void changesAnArchiveInPlace() throws IOException {
        pack("zstd");
        Path script = Files.writeString(directory.resolve("start"), "#!/bin/sh\n");

        assertThat(edit("put", "--mode", "755", script, "/usr/bin/").status()).isZero();
        assertThat(edit("mkdir", "--mode", "1777", "tmp").status()).isZero();
        assertThat(edit("mknod", "dev/vda", "b", "254", "0").status()).isZero();
        assertThat(edit("mknod", "run/pipe", "p").status()).isZero();
        assertThat(edit("ln", "../etc/motd", "usr/motd").status()).isZero();
        assertThat(edit("rm", "etc/motd", "motd").status()).isZero();

        assertThat(edit("ls", "-lR").out().lines().map(line -> line.replaceAll(" .*:\\d\\d ", " ")))
                .containsExactly(
                        "drwxr-xr-x etc",
                        "drwxr-xr-x dev",
                        "crw------- dev/console",
                        "drwxr-xr-x usr",
                        "drwxr-xr-x usr/bin",
                        "-rwxr-xr-x usr/bin/start",
                        "drwxrwxrwt tmp",
                        "brw------- dev/vda",
                        "drwxr-xr-x run",
                        "prw------- run/pipe",
                        "lrwxrwxrwx usr/motd -> ../etc/motd");
        assertThat(edit("get", "usr/bin/start", directory.resolve("back")).status())
                .isZero();
        assertThat(directory.resolve("back")).hasContent("#!/bin/sh\n");
    }

    @Test
    void saysHowAnotherRootDiffers() throws IOException {
        pack("none");
        Path other = directory.resolve("other.cpio");
        CommandLineRun.of("image", "pack", archive, "-o", other);

        assertThat(edit("diff", other)).isEqualTo(new CommandLineRun(0, "", ""));

        Files.copy(other, archive, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        edit("rm", "etc/motd");
        edit("mkdir", "new");
        CommandLineRun run = edit("diff", other);
        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.out()).isEqualTo("- new\n+ etc/motd\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rm no/such       | kdive: no/such: no such file
                    cat dev          | kdive: dev: is no regular file
                    mkdir etc        | kdive: etc: is there already
                    mknod x q        | kdive image edit: a node is b or c with a major and a minor number, or p (see kdive image edit --help)
                    mkdir --mode 9 x | kdive image edit: mode 9 is no octal number up to 7777 (see kdive image edit --help)
                    put /no/such x   | kdive: /no/such: no such file
                    """)
    void aChangeThatCannotBeIsOneLineAndChangesNothing(String words, String complaint) throws IOException {
        pack("gzip");
        byte[] before = Files.readAllBytes(archive);

        assertThat(edit((Object[]) words.split(" ")))
                .isEqualTo(new CommandLineRun(ExitStatus.UNUSABLE, "", complaint + "\n"));
        assertThat(archive).hasBinaryContent(before);
        assertNothingElseIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"etc/motd, ../.motd", "etc/motd, /tc//otd", "etc/motd, aa/../tb"})
    void anArchiveThatReachesOutsideIsRefused(String name, String evil) throws IOException {
        pack("none");
        String bytes = Files.readString(archive, StandardCharsets.ISO_8859_1);
        // The last of the names is the link's target, which may say anything.
        Files.writeString(archive, bytes.replaceFirst(name, evil), StandardCharsets.ISO_8859_1);

        CommandLineRun run = CommandLineRun.of("image", "unpack", archive, directory.resolve("target"));

        assertThat(run.status() == ExitStatus.UNUSABLE || evil.startsWith("/"))
                .as(run.err())
                .isTrue();
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(1);
        assertThat(directory.resolve(".motd")).doesNotExist();
        assertThat(Path.of("/tc/otd")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "lz4", "none"})
    void aCutOrDamagedArchiveIsOneLineAndLeavesNothing(String compression) throws IOException {
        pack(compression);
        byte[] whole = Files.readAllBytes(archive);
        SplittableRandom random = new SplittableRandom(20261120);
        for (int round = 0; round < 12; round++) {
            byte[] bad = Arrays.copyOf(whole, round % 2 == 0 ? random.nextInt(whole.length) : whole.length);
            if (bad.length > 0) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(archive, bad);
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refusedOrRead(bad));
        }
    }

    private void refusedOrRead(byte[] bad) throws IOException {
        for (CommandLineRun run : List.of(
                edit("ls", "-lR"),
                edit("mkdir", "new"),
                CommandLineRun.of("image", "unpack", archive, directory.resolve("target")))) {
            assertThat(run.status()).isIn(ExitStatus.WELL, ExitStatus.UNUSABLE);
            assertThat(run.err()).doesNotContain("internal error");
            assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(1);
            if (run.status() != ExitStatus.WELL) {
                assertThat(run.out()).isEmpty();
            }
        }
        deleteTarget();
        Files.write(archive, bad);
        assertNothingElseIsLeft();
    }

    private void deleteTarget() throws IOException {
        Path target = directory.resolve("target");
        if (Files.exists(target)) {
            try (Stream<Path> all = Files.walk(target)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private void assertNothingElseIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(root, list, archive);
        }
    }
}
