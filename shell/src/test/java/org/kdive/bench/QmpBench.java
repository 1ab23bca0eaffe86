package org.kdive.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.kdive.qmp.QmpClient;

/**
 * Round trips a second over QMP: kdive's client beside a bare socket in Java and one in Python, which look at nothing in the
 * answer, all on one QEMU without a machine. Argument: round trips in each of five rounds; 5000 if absent. Medians.
 */
final class QmpBench {
    private static final int ROUNDS = 5;
    private static final int AHEAD = 50; // commands on their way at once, where that is measured

    private static final String PYTHON = """
            import socket, sys, time
            line = socket.socket(socket.AF_UNIX); line.connect(sys.argv[1]); said = line.makefile('rb')
            said.readline()
            def ask(what):
                line.sendall(what); return said.readline()
            ask(b'{"execute":"qmp_capabilities"}')
            count = int(sys.argv[2]); begun = time.perf_counter()
            for i in range(count): ask(b'{"execute":"query-status"}')
            print(time.perf_counter() - begun)
            """;

    private final Path directory;
    private final int count;

    private QmpBench(Path directory, int count) {
        this.directory = directory;
        this.count = count;
    }

    public static void main(String[] words) throws Exception {
        Path directory = Files.createTempDirectory("kdive-qmp-bench");
        int count = words.length == 0 ? 5000 : Integer.parseInt(words[0]);
        QmpBench bench = new QmpBench(directory, count);
        // a monitor serves one client at a time
        ProcessBuilder builder =
                new ProcessBuilder("qemu-system-x86_64", "-machine", "none", "-display", "none", "-nodefaults", "-S");
        for (String name : new String[] {"kdive", "bare", "python"}) {
            builder.command().add("-qmp");
            builder.command().add("unix:" + bench.socket(name) + ",server=on,wait=off");
        }
        Process qemu = builder.inheritIO().start();
        try (QmpClient client =
                QmpClient.connect(UnixDomainSocketAddress.of(bench.socket("kdive")), Duration.ofSeconds(10))) {
            bench.compare(client);
        } finally {
            qemu.destroy();
            qemu.waitFor();
            for (String name : new String[] {"kdive", "bare", "python"}) {
                Files.deleteIfExists(bench.socket(name));
            }
            Files.delete(directory);
        }
    }

    private Path socket(String name) {
        return directory.resolve(name);
    }

    private void compare(QmpClient client) throws Exception {
        double[] ours = new double[ROUNDS];
        double[] ahead = new double[ROUNDS];
        double[] bare = new double[ROUNDS];
        double[] python = new double[ROUNDS];
        try (SocketChannel line = SocketChannel.open(UnixDomainSocketAddress.of(socket("bare")))) {
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(line), StandardCharsets.UTF_8));
            said.readLine();
            ask(line, said, "qmp_capabilities");
            for (int round = -1; round < ROUNDS; round++) { // the first to warm up
                int at = Math.max(0, round);
                ours[at] = Figures.seconds(() -> oneByOne(client));
                ahead[at] = Figures.seconds(() -> manyAtOnce(client));
                bare[at] = Figures.seconds(() -> bare(line, said));
                python[at] = python();
            }
        }
        double of = count / Figures.median(bare);
        say("bare socket", of, of);
        say("kdive", count / Figures.median(ours), of);
        say("kdive, %d sent ahead".formatted(AHEAD), count / Figures.median(ahead), of);
        say("bare socket in Python", count / Figures.median(python), of);
    }

    private static void say(String who, double rate, double bare) {
        System.out.printf("QMP: %-24s %8.0f round trips/s, %.2f of the bare socket's%n", who, rate, rate / bare);
    }

    private void oneByOne(QmpClient client) {
        for (int i = 0; i < count; i++) {
            client.call("query-status", Map.of());
        }
    }

    private void manyAtOnce(QmpClient client) {
        for (int i = 0; i < count; i += AHEAD) {
            CompletableFuture<?>[] all = new CompletableFuture<?>[AHEAD];
            for (int k = 0; k < AHEAD; k++) {
                all[k] = client.execute("query-status", Map.of());
            }
            CompletableFuture.allOf(all).join();
        }
    }

    private void bare(SocketChannel line, BufferedReader said) {
        try {
            for (int i = 0; i < count; i++) {
                ask(line, said, "query-status");
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void ask(SocketChannel line, BufferedReader said, String command) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap("{\"execute\":\"%s\"}".formatted(command).getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            line.write(bytes);
        }
        if (!String.valueOf(said.readLine()).contains("return")) {
            throw new IOException(command + " was refused");
        }
    }

    private double python() throws Exception {
        Process run = new ProcessBuilder(
                        "python3", "-c", PYTHON, socket("python").toString(), Integer.toString(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return run.waitFor() == 0 ? Double.parseDouble(said) : Double.NaN;
    }
}
