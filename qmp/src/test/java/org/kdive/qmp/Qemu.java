package org.kdive.qmp;

import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real QEMU for one test, dead when it is closed. */
final class Qemu implements AutoCloseable {
    static final String BINARY = "qemu-system-x86_64";

    private final Process process;
    private final Path errors;

    private Qemu(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /** On CI a missing QEMU fails, elsewhere it skips. */
    static void require() {
        boolean found = List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, BINARY)));
        if (!found && System.getenv("CI") != null) {
            fail(BINARY + " is not on the path");
        }
        assumeTrue(found, BINARY + " is not on the path");
    }

    /** A stopped PC without any device beyond its board, and what the test adds. */
    static Qemu start(Path directory, String... more) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(BINARY, "-M", "pc", "-m", "32", "-S", "-display", "none", "-nodefaults", "-no-user-config"));
        command.addAll(List.of(more));
        Path errors = directory.resolve("qemu-stderr");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(errors.toFile())
                .start();
        return new Qemu(process, errors);
    }

    /** A client of a fresh QEMU that connects to us. */
    static QmpClient connected(QmpListener listener, Qemu qemu) throws Exception {
        try {
            return listener.accept().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("QEMU did not connect; it said: " + Files.readString(qemu.errors), e);
        }
    }

    /** A client of a QEMU that listens; its socket appears some time after its process. */
    static QmpClient connect(SocketAddress address) {
        return await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(QmpException.class)
                .until(() -> QmpClient.connect(address, Duration.ofSeconds(10)), client -> true);
    }

    static UnixDomainSocketAddress socketIn(Path directory) {
        return UnixDomainSocketAddress.of(directory.resolve("qmp"));
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
