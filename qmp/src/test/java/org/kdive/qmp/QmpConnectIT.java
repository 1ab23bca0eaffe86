package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.RunControl.QueryStatus;

/** The ways to a real QEMU that listens. */
final class QmpConnectIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @BeforeEach
    void needQemu() {
        Qemu.require();
    }

    @Test
    void overTcp() throws Exception {
        String endpoint = "tcp:127.0.0.1:" + freePort();
        try (Qemu qemu = Qemu.start(directory, "-qmp", endpoint + ",server=on,wait=off");
                QmpClient client = Qemu.connect(QmpEndpoint.parse(endpoint))) {
            assertThat(client.call(new QueryStatus()).status()).isEqualTo("prelaunch");
            assertThat(qemu.process().isAlive()).isTrue();
        }
    }

    @Test
    void toAMonitorThatPrintsOverManyLines() throws Exception {
        var socket = Qemu.socketIn(directory);
        String chardev = "socket,id=m,server=on,wait=off,path=" + socket;
        try (Qemu qemu = Qemu.start(directory, "-chardev", chardev, "-mon", "chardev=m,mode=control,pretty=on");
                QmpClient client = Qemu.connect(socket)) {
            assertThat(client.call(new RunControl.QueryQmpSchema()).list()).hasSizeGreaterThan(1000);
            assertThat(qemu.process().isAlive()).isTrue();
        }
    }

    @Test
    void toAMonitorThatSomebodyHolds() throws Exception {
        var socket = Qemu.socketIn(directory);
        try (Qemu qemu = Qemu.start(directory, "-qmp", "unix:" + socket + ",server=on,wait=off")) {
            try (QmpClient first = Qemu.connect(socket)) {
                assertThatThrownBy(() -> QmpClient.connect(socket, Duration.ofMillis(500)))
                        .hasMessage("no greeting from unix:" + socket
                                + " (another client may hold this monitor) within 0.5 s");
                assertThat(first.call(new QueryStatus()).running()).isFalse();
            }
            try (QmpClient second = Qemu.connect(socket)) {
                assertThat(second.call(new QueryStatus()).running()).isFalse();
            }
            assertThat(qemu.process().isAlive()).isTrue();
        }
    }

    @Test
    void toAHumanMonitor() throws Exception {
        var socket = Qemu.socketIn(directory);
        try (Qemu qemu = Qemu.start(directory, "-monitor", "unix:" + socket + ",server=on,wait=off")) {
            assertThatThrownBy(() -> connectOnceUp(socket, qemu))
                    .hasMessageContaining("does not speak QMP: it said \"");
        }
    }

    @Test
    void twoMonitorsHearTheSameEvents() throws Exception {
        var one = Qemu.socketIn(directory);
        var two = UnixDomainSocketAddress.of(directory.resolve("two"));
        String listening = ",server=on,wait=off";
        try (Qemu qemu = Qemu.start(directory, "-qmp", "unix:" + one + listening, "-qmp", "unix:" + two + listening);
                QmpClient mine = Qemu.connect(one);
                QmpClient other = Qemu.connect(two)) {
            QmpSubscription heard = mine.subscribe(event -> true);
            other.call(new RunControl.Cont());
            other.call(new RunControl.Stop());
            for (String name : List.of("RESUME", "STOP")) {
                assertThat(heard.poll(SOON)).get().extracting(QmpEvent::name).isEqualTo(name);
            }
            assertThat(qemu.process().isAlive()).isTrue();
        }
    }

    private static void connectOnceUp(SocketAddress socket, Qemu qemu) {
        while (qemu.process().isAlive()) {
            try (QmpClient client = QmpClient.connect(socket, SOON)) {
                throw new AssertionError("connected to " + client.greeting());
            } catch (QmpException e) {
                if (!(e.failure() instanceof QmpFailure.Unreachable)) {
                    throw e;
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
