package org.kdive.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.kdive.images.KernelImage;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.RunDirectory;
import org.kdive.session.BootRequest;

/** A QEMU started by hand, its stock kernel up and KASLR on: no option is one that kdive would give. */
final class ForeignQemu implements AutoCloseable {
    private final Path directory;
    private final Process process;

    private ForeignQemu(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** Its stub, two monitors and its serial line are in the directory: gdb, qmp, qmp2, serial. Up to the shell. */
    static ForeignQemu boot(Path directory, String kernel, String console, String... qemu) throws IOException {
        List<String> ours =
                BootRequest.of(kernel).plan(Progress.silent()).spec().commandLine(RunDirectory.imagined());
        List<String> line = new ArrayList<>(Arrays.asList(qemu));
        line.addAll(List.of("-display", "none", "-nodefaults"));
        line.addAll(List.of("-m", "512", "-kernel", after(ours, "-kernel"), "-initrd", after(ours, "-initrd")));
        line.addAll(List.of("-append", "console=" + console, "-serial", "file:" + directory.resolve("serial")));
        line.addAll(List.of("-gdb", "unix:" + directory.resolve("gdb") + ",server=on,wait=off"));
        line.addAll(List.of("-qmp", "unix:" + directory.resolve("qmp") + ",server=on,wait=off"));
        line.addAll(List.of("-qmp", "unix:" + directory.resolve("qmp2") + ",server=on,wait=off"));
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("talk").toFile())
                .start();
        ForeignQemu started = new ForeignQemu(directory, process);
        Awaitility.await("the guest's shell")
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.exists(directory.resolve("serial"))
                        && started.console().contains("Hello Linux"));
        return started;
    }

    private static String after(List<String> words, String option) {
        return words.get(words.indexOf(option) + 1);
    }

    String console() throws IOException {
        return Files.readString(directory.resolve("serial"));
    }

    String endpoint(String name) {
        return "unix:" + directory.resolve(name);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The distribution's kernel, unpacked, with another build-id: all but that is as it should be. */
    static Path withAnotherBuildId(String kernel, Path file) throws IOException {
        List<String> ours =
                BootRequest.of(kernel).plan(Progress.silent()).spec().commandLine(RunDirectory.imagined());
        KernelImage image = KernelImage.open(Path.of(after(ours, "-kernel")));
        byte[] payload = image.payload().toArray();
        byte[] id = java.util.HexFormat.of().parseHex(image.buildId().orElseThrow());
        int at = image.payload().find(id, 0).orElseThrow();
        payload[at] ^= 1;
        return Files.write(file, payload);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
