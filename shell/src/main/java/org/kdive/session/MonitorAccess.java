package org.kdive.session;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;
import org.kdive.session.monitor.MonitorStub;

/**
 * A way to a machine of which there is only QEMU's monitor: a stub of ours that asks the monitor, or QEMU's own, opened for us
 * and closed in the end. Session thread.
 */
final class MonitorAccess implements AutoCloseable {
    private static final String STUB_CHARDEV = "gdb"; // gdbstub.c, gdbserver_start: what QEMU calls its stub's

    private final QmpClient qmp;
    private final Path directory;
    private final SocketAddress endpoint;
    private final @Nullable MonitorStub stub; // null: QEMU's own

    private MonitorAccess(QmpClient qmp, Path directory, SocketAddress endpoint, @Nullable MonitorStub stub) {
        this.qmp = qmp;
        this.directory = directory;
        this.endpoint = endpoint;
        this.stub = stub;
    }

    /** The machine stays as it is, but for being stopped. */
    static MonitorAccess look(QmpClient qmp) {
        Path directory = directory();
        try {
            MonitorStub stub = MonitorStub.open(qmp, directory);
            return new MonitorAccess(qmp, directory, stub.endpoint(), stub);
        } catch (IOException e) {
            delete(directory);
            throw failed(e);
        } catch (RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    /** Throws Refused when QEMU has a stub already, which would be closed, or cannot open one for us. */
    static MonitorAccess startStub(QmpClient qmp) {
        for (QmpValue device : qmp.call("query-chardev", Map.of()).list()) {
            if (device.find("label").map(QmpValue::text).orElse("").equals(STUB_CHARDEV)) {
                throw new SessionException(
                        "--start-stub: this QEMU has a gdb stub already, %s: attach to it with --gdb"
                                .formatted(device.find("filename")
                                        .map(QmpValue::text)
                                        .orElse("somewhere")),
                        new SessionFailure.Refused("gdbserver"));
            }
        }
        Path directory = directory();
        Path socket = directory.resolve("gdb");
        String said = qmp.call("human-monitor-command", Map.of("command-line", gdbserver(socket)))
                .text()
                .strip();
        if (!Files.exists(socket)) {
            delete(directory);
            throw new SessionException(
                    "--start-stub: QEMU did not open %s (is it another user's, or on another host?): %s"
                            .formatted(socket, said.lines().findFirst().orElse("it said nothing")),
                    new SessionFailure.Refused("gdbserver"));
        }
        return new MonitorAccess(qmp, directory, UnixDomainSocketAddress.of(socket), null);
    }

    private static String gdbserver(Path socket) {
        return "gdbserver unix:%s,server=on,wait=off".formatted(socket);
    }

    SocketAddress endpoint() {
        return endpoint;
    }

    String remark() {
        return stub == null
                ? "QEMU opened its gdb stub at %s; it is closed again when kdive leaves".formatted(endpoint)
                : "QMP alone: memory comes by %s, slowly; to be looked at, stopped and let run. Breakpoints and steps want --start-stub"
                        .formatted(stub.how());
    }

    /** Throws Unsupported where there is the monitor alone. */
    static void requireStub(Target target) {
        if (target.stub().features().has(MonitorStub.MARK)) {
            throw unable();
        }
    }

    static SessionException unable() {
        return new SessionException(
                "no breakpoints, steps or writes through QEMU's monitor alone: attach with --start-stub",
                new SessionFailure.Unsupported("QMP alone"));
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("kdive-attach"); // of our user alone
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static SessionException failed(IOException e) {
        return new SessionException(
                "make a directory for sockets: " + e.getMessage(), new SessionFailure.Io("make a directory"), e);
    }

    private static void delete(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve("gdb"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // a temporary directory stays
        }
    }

    @Override
    public void close() {
        if (stub != null) {
            stub.close();
        } else {
            closeTheirs();
        }
        delete(directory);
    }

    private void closeTheirs() {
        try {
            qmp.call("human-monitor-command", Map.of("command-line", "gdbserver none"));
        } catch (QmpException e) {
            // QEMU is gone, and its stub with it
        }
    }
}
