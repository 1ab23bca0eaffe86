package org.kdive.gdbrsp;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real QEMU for one test, with a gdb stub and a QMP socket; dead when closed. */
final class Qemu implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final SocketAddress stub;
    private final SocketChannel qmp;

    private Qemu(Process process, SocketAddress stub, SocketChannel qmp) {
        this.process = process;
        this.stub = stub;
        this.qmp = qmp;
    }

    static Qemu onUnixSocket(Path directory) {
        Path socket = directory.resolve("gdb");
        return start(directory, UnixDomainSocketAddress.of(socket), "unix:" + socket + ",server=on,wait=off");
    }

    static Qemu onTcp(Path directory) {
        int port = freePort();
        return start(
                directory,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                "tcp:127.0.0.1:" + port + ",server=on,wait=off");
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Qemu start(Path directory, SocketAddress stub, String gdb) {
        List<String> command = new ArrayList<>(Scenario.COMMAND);
        command.addAll(List.of("-gdb", gdb, "-qmp", "unix:" + directory.resolve("qmp") + ",server=on,wait=off"));
        Path log = directory.resolve("qemu.log");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            if (System.getenv("CI") != null) {
                fail("qemu-system-x86_64 is not installed", e);
            }
            assumeTrue(false, "qemu-system-x86_64 is not on the path");
            throw new UncheckedIOException(e);
        }
        try {
            SocketChannel qmp = connected(UnixDomainSocketAddress.of(directory.resolve("qmp")));
            Qemu qemu = new Qemu(process, stub, qmp);
            qemu.readLine();
            qemu.qmp("qmp_capabilities");
            return qemu;
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** The socket appears a moment after the process. */
    private static SocketChannel connected(SocketAddress address) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> SocketChannel.open(address), it -> true);
    }

    SocketAddress stub() {
        return stub;
    }

    RspClient connect() {
        return RspClient.connect(stub, RspOptions.defaults());
    }

    /** A plain socket to the stub, for a client with bad manners. */
    SocketChannel rawClient() {
        return connected(stub);
    }

    /** Runs one QMP command; returns its answer, after any events. */
    String qmp(String command) {
        try {
            qmp.write(ByteBuffer.wrap(("{\"execute\":\"" + command + "\"}\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String line = readLine();
        while (line.contains("\"event\"")) {
            line = readLine();
        }
        return line;
    }

    private String readLine() {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        try {
            while (qmp.read(one.clear()) == 1 && one.get(0) != '\n') {
                line.append((char) one.get(0));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
    }

    boolean ended() throws InterruptedException {
        return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static String log(Path directory) {
        try {
            return Files.readString(directory.resolve("qemu.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try {
            qmp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
