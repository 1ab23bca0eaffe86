package org.kdive.bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Console;
import org.kdive.machine.RunDirectory;
import org.kdive.machine.Share;
import org.kdive.session.BootRequest;
import org.kdive.session.Session;

/**
 * A file written to a shared directory and read back by the guest: in a machine of kdive's, where the directory was added
 * while it ran, and in a plain QEMU with the same -fsdev line, kernel and root. Argument: MiB, 256 if absent. Medians of three.
 */
final class ShareBench {
    private static final int ROUNDS = 3;
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration COPY = Duration.ofMinutes(20);

    private final Path directory;
    private final int mebibytes;

    private ShareBench(Path directory, int mebibytes) {
        this.directory = directory;
        this.mebibytes = mebibytes;
    }

    /** MiB/s. */
    private record Rates(double written, double read) {}

    public static void main(String[] words) throws Exception {
        Path directory = Files.createTempDirectory("kdive-share-bench");
        ShareBench bench = new ShareBench(directory, words.length == 0 ? 256 : Integer.parseInt(words[0]));
        try {
            Rates plain = bench.plain();
            Rates ours = bench.ours();
            say("write", ours.written(), plain.written());
            say("read", ours.read(), plain.read());
        } finally {
            Files.deleteIfExists(directory.resolve("file"));
            Files.deleteIfExists(directory.resolve("log"));
            Files.deleteIfExists(directory.resolve("serial"));
            Files.delete(directory);
        }
    }

    private static void say(String what, double ours, double plain) {
        System.out.printf(
                "9p %-5s kdive %6.1f MiB/s, plain QEMU %6.1f MiB/s; ratio %.2f%n", what, ours, plain, ours / plain);
    }

    /** What kdive boots with, but for the share: the root has its modules. */
    private BootRequest request() {
        return BootRequest.of("debian-generic");
    }

    private Rates ours() {
        try (Session session = Session.open()) {
            session.call(() -> session.boot(request().plan(Progress.silent())));
            Console console = session.call(() -> {
                session.resume();
                return session.console().lines().get(0).console();
            });
            console.expect(Pattern.compile("This boot took"), BOOT);
            session.call(() -> session.hypervisor().addShare(new Share(directory, "bench", Share.Access.MAPPED)));
            return measured(console);
        }
    }

    private Rates plain() throws IOException, InterruptedException {
        List<String> ours = request().plan(Progress.silent()).spec().commandLine(RunDirectory.imagined());
        List<String> line = new ArrayList<>(List.of(ours.get(0), "-display", "none", "-nodefaults", "-m", "512"));
        for (String option : List.of("-machine", "-accel", "-kernel", "-initrd", "-append")) {
            int at = ours.indexOf(option);
            if (at >= 0 && !option.equals("-machine")) {
                line.addAll(List.of(option, ours.get(at + 1)));
            }
        }
        Share share = new Share(directory, "bench", Share.Access.MAPPED);
        line.addAll(List.of(
                "-fsdev",
                "local,id=f,path=%s,security_model=mapped-xattr,multidevs=remap".formatted(share.directory())));
        line.addAll(List.of("-device", "virtio-9p-pci,fsdev=f,mount_tag=" + share.tag()));
        Path serial = directory.resolve("serial");
        line.addAll(List.of("-serial", "unix:" + serial + ",server=on,wait=on"));
        Process qemu = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Console console = Console.over(connected(serial, qemu), directory.resolve("log"))) {
            console.expect(Pattern.compile("This boot took"), BOOT);
            return measured(console);
        } finally {
            qemu.destroy();
            qemu.waitFor();
        }
    }

    private static SocketChannel connected(Path socket, Process qemu) throws IOException {
        while (true) {
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException early) {
                if (!qemu.isAlive()) {
                    throw early;
                }
                Thread.onSpinWait();
            }
        }
    }

    private Rates measured(Console console) {
        console.expect(Pattern.compile("/ # "), BOOT);
        console.send("until grep -q ' /mnt/bench 9p ' /proc/mounts; do sleep 1; done; cd /mnt/bench; echo the''re\n");
        console.expect(Pattern.compile("there"), BOOT);
        double[] written = new double[ROUNDS];
        double[] read = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            written[round] = copied(console, "if=/dev/zero of=file bs=1M count=" + mebibytes + " conv=fsync");
            read[round] = copied(console, "if=file of=/dev/null bs=1M");
        }
        console.send("rm file; cd /; echo ov''er\n");
        console.expect(Pattern.compile("over"), BOOT);
        return new Rates(Figures.median(written), Figures.median(read));
    }

    private double copied(Console console, String what) {
        console.send("time dd %s\n".formatted(what));
        String blocks = "\n%d\\+0 records out".formatted(mebibytes);
        console.expect(Pattern.compile(blocks), COPY);
        // busybox: "real	1m 2.34s"
        List<String> real = console.expect(Pattern.compile("real\\s+(\\d+)m ([0-9.]+)s"), Duration.ofSeconds(30))
                .groups();
        return mebibytes / (60 * Double.parseDouble(real.get(0)) + Double.parseDouble(real.get(1)));
    }
}
