package org.kdive.images.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.ImageException;
import org.kdive.images.initramfs.Attributes;
import org.kdive.images.initramfs.Content;
import org.kdive.images.initramfs.Entry;
import org.kdive.images.initramfs.FileTree;

/** Disks against e2fsprogs and qemu-img. */
final class RootDiskIT {
    @TempDir
    private Path directory;

    private static FileTree tree() {
        byte[] noise = new byte[300_000];
        new SplittableRandom(7).nextBytes(noise);
        return FileTree.builder()
                .directory("dev", 0755)
                .characterDevice("dev/console", 0600, 5, 1)
                .blockDevice("dev/vda", 0660, 254, 0)
                .put(new Entry.Fifo("dev/a pipe", Attributes.rootOwned(0622)))
                .put(new Entry.Socket("dev/log", Attributes.rootOwned(0666)))
                .put(new Entry.RegularFile("su", new Attributes(04755, 1000, 100, 1_600_000_000), Content.of(noise)))
                .hardLink("other", "su")
                .symlink("etc", "/nowhere")
                .file("say \"hi\"", 0644, Content.of("quoted"))
                .build();
    }

    @Test
    void holdsWhatTheTreeSays() throws IOException, InterruptedException {
        Path disk = directory.resolve("disk");
        RootDisk root = new RootDisk(tree());
        root.write(disk, DiskImage.Format.RAW, root.fittingBytes());

        run("e2fsck", "-fn", disk.toString());
        assertThat(run("debugfs", "-R", "ls -l /dev", disk.toString()))
                .containsPattern("20600 .* console")
                .containsPattern("60660 .* vda")
                .containsPattern("10622 .* a pipe")
                .doesNotContain("log");
        assertThat(run("debugfs", "-R", "stat /dev/vda", disk.toString()))
                .contains("Device major/minor number: 254:00");
        assertThat(run("debugfs", "-R", "stat /su", disk.toString()))
                .containsPattern("Mode: +04755")
                .containsPattern("User: +1000 +Group: +100 ")
                .containsPattern("Links: 2")
                .contains("Size: 300000");
        assertThat(run("debugfs", "-R", "ls -l /", disk.toString())).contains("say \"hi\"");
        assertThat(DiskImage.read(disk).contents()).contains("ext4");
        assertThat(names()).containsExactly("disk");
    }

    @Test
    void startsInItsBootablePartition() throws IOException, InterruptedException {
        Path disk = directory.resolve("disk");
        RootDisk root = RootDisk.partitioned(tree());
        root.write(disk, DiskImage.Format.RAW, root.fittingBytes());

        assertThat(run("partx", "-g", "-o", "START,SECTORS,TYPE,FLAGS", disk.toString()))
                .containsPattern("2048 +%d +0x83 +0x80".formatted(root.fittingBytes() / 512 - 2048));
        run("e2fsck", "-fn", disk + "?offset=1048576");
        assertThat(run("debugfs", "-R", "stat /su", disk + "?offset=1048576")).containsPattern("Mode: +04755");
        assertThat(DiskImage.read(disk).contents()).contains("MBR");
        assertThat(Files.size(disk)).isEqualTo(root.fittingBytes());
    }

    @Test
    void bootsAKernelByItself() throws IOException, InterruptedException {
        Path kernel = Files.writeString(directory.resolve("kernel"), "a kernel");
        Path initrd = Files.writeString(directory.resolve("initrd"), "a root");
        Path shelf = directory.resolve("shelf");

        Path disk = new BootDisk(kernel, Optional.of(initrd), "console=ttyAMA0 quiet").in(shelf);

        String partition = disk + "?offset=1048576";
        assertThat(run("debugfs", "-R", "cat /extlinux/extlinux.conf", partition))
                .contains("kernel /Image\n", "initrd /initrd\n", "append console=ttyAMA0 quiet\n");
        assertThat(run("debugfs", "-R", "cat /Image", partition)).contains("a kernel");
        assertThat(new BootDisk(kernel, Optional.of(initrd), "console=ttyAMA0 quiet").in(shelf))
                .isEqualTo(disk);
        assertThat(new BootDisk(kernel, Optional.empty(), "console=ttyAMA0 quiet").in(shelf))
                .isNotEqualTo(disk);
        assertThatThrownBy(() -> new BootDisk(kernel, Optional.empty(), "a=$b"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("U-Boot reads $");
    }

    @Test
    void isTheSameAsQcow2AndAsAnOverlay() throws IOException, InterruptedException {
        Path raw = directory.resolve("raw");
        Path qcow2 = directory.resolve("qcow2");
        Path overlay = directory.resolve("overlay");
        new RootDisk(tree()).write(raw, DiskImage.Format.RAW, 80 << 20);
        Qcow2Writer.convert(raw, qcow2);
        Qcow2Writer.writeOverlay(DiskImage.read(qcow2), overlay);

        for (Path image : List.of(qcow2, overlay)) {
            run("qemu-img", "check", image.toString());
            assertThat(run("qemu-img", "compare", image.toString(), raw.toString()))
                    .contains("Images are identical");
            assertThat(DiskImage.read(image).format()).isEqualTo(DiskImage.Format.QCOW2);
            assertThat(DiskImage.read(image).virtualBytes()).isEqualTo(80 << 20);
        }
        assertThat(run("qemu-img", "info", overlay.toString())).contains("backing file: " + qcow2, "format: qcow2");
    }

    @Test
    void aHugeEmptyDiskIsSmall() throws IOException, InterruptedException {
        Path disk = directory.resolve("huge");
        Qcow2Writer.writeEmpty(disk, 5L << 40);

        run("qemu-img", "check", disk.toString());
        assertThat(Files.size(disk)).isLessThan(1 << 20);
        assertThatThrownBy(() -> Qcow2Writer.writeEmpty(disk, 1L << 60)).isInstanceOf(ImageException.class);
    }

    @Test
    void aDiskThatIsTooSmallLeavesNothing() throws IOException {
        assertThatThrownBy(() -> new RootDisk(tree()).write(directory.resolve("disk"), DiskImage.Format.RAW, 300 << 10))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("mke2fs");
        assertThat(names()).isEmpty();
    }

    @Test
    void aTreeThatLeadsThroughALinkIsRefused() throws IOException {
        FileTree evil = FileTree.builder()
                .symlink("out", directory.toString())
                .file("out/side", 0644, Content.of("escaped"))
                .build();

        assertThatThrownBy(() -> new RootDisk(evil).write(directory.resolve("disk"), DiskImage.Format.RAW, 64 << 20))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("out/side: leads through out");
        assertThat(names()).isEmpty();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            return left.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        command[0] = Stream.of("/usr/sbin/", "/sbin/", "/usr/bin/")
                .map(place -> place + command[0])
                .filter(program -> Files.isExecutable(Path.of(program)))
                .findFirst()
                .orElse(command[0]);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
