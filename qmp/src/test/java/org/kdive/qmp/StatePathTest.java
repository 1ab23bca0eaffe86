package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kdive.qmp.QmpState.CLOSED;
import static org.kdive.qmp.QmpState.NEGOTIATING;
import static org.kdive.qmp.QmpState.RUNNING;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.wire.QmpConnection;
import org.kdive.qmp.wire.QmpTransport;
import org.kdive.qmp.wire.QmpWatcher;

/** The exact states a connection goes through, and what it leaves as its first failure. */
final class StatePathTest {
    private static final String GREETING =
            Transcript.GREETING.lines().findFirst().orElseThrow();
    private static final String CAPABILITIES = "> {\"execute\":\"qmp_capabilities\",\"id\":1}";

    @TempDir
    private Path directory;

    /** Remembers every state it is told. */
    private static final class StatePath implements QmpWatcher {
        private final List<QmpState> states = new CopyOnWriteArrayList<>();

        @Override
        public void event(QmpEvent event) {}

        @Override
        public void state(QmpState next) {
            states.add(next);
        }
    }

    @Test
    void closedByUs() throws Exception {
        StatePath seen = new StatePath();
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("peer"));
        QmpConnection connection;
        try (ScriptedPeer peer =
                        ScriptedPeer.listen(address, Transcript.greetingThen().lines());
                QmpConnection opened = QmpTransport.connect(address, Duration.ofSeconds(10), seen)) {
            connection = opened;
            connection.ready().get(10, TimeUnit.SECONDS);
            assertThat(peer.finished()).isTrue();
        }
        assertThat(connection.closed().get(10, TimeUnit.SECONDS)).isInstanceOf(QmpFailure.Closed.class);
        assertThat(seen.states).containsExactly(NEGOTIATING, RUNNING, CLOSED);
    }

    @Test
    void closedByQemu() throws Exception {
        assertThat(failureAfter(List.of(NEGOTIATING, RUNNING, CLOSED), GREETING, CAPABILITIES, okay(), "!"))
                .isInstanceOf(QmpFailure.Disconnected.class);
    }

    @Test
    void garbageWhileRunning() throws Exception {
        assertThat(failureAfter(List.of(NEGOTIATING, RUNNING, CLOSED), GREETING, CAPABILITIES, okay(), "< garbage"))
                .isInstanceOf(QmpFailure.Protocol.class)
                .extracting(QmpFailure::message)
                .asString()
                .contains("garbage");
    }

    @Test
    void neitherAnswerNorEventWhileRunning() throws Exception {
        assertThat(failureAfter(List.of(NEGOTIATING, RUNNING, CLOSED), GREETING, CAPABILITIES, okay(), "< {\"x\":1}"))
                .isInstanceOf(QmpFailure.Protocol.class);
    }

    @Test
    void capabilitiesRefused() throws Exception {
        String refusal = "< {\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no\"}, \"id\": 1}";
        assertThat(failureAfter(List.of(NEGOTIATING, CLOSED), GREETING, CAPABILITIES, refusal))
                .isEqualTo(new QmpFailure.Refused("CommandNotFound", "no", "{\"execute\":\"qmp_capabilities\"}"));
    }

    @Test
    void closedWhileNegotiating() throws Exception {
        assertThat(failureAfter(List.of(NEGOTIATING, CLOSED), GREETING, CAPABILITIES, "!"))
                .isInstanceOf(QmpFailure.Disconnected.class);
    }

    @Test
    void silentWhileNegotiating() throws Exception {
        assertThat(failureAfter(List.of(NEGOTIATING, CLOSED), GREETING, CAPABILITIES))
                .isInstanceOf(QmpFailure.TimedOut.class);
    }

    @Test
    void closedBeforeTheGreeting() throws Exception {
        assertThat(failureAfter(List.of(CLOSED), "!")).isInstanceOf(QmpFailure.Disconnected.class);
    }

    @Test
    void silentBeforeTheGreeting() throws Exception {
        assertThat(failureAfter(List.of(CLOSED)))
                .extracting(QmpFailure::message)
                .asString()
                .contains("another client may hold this monitor");
    }

    @Test
    void somethingElseBehindTheSocket() throws Exception {
        assertThat(failureAfter(List.of(CLOSED), "< SSH-2.0-OpenSSH_9.2p1 Debian"))
                .extracting(QmpFailure::message)
                .asString()
                .endsWith("does not speak QMP: it said \"SSH-2.0-OpenSSH_9.2p1 Debian\"");
    }

    @Test
    void bracesThatAreNoJson() throws Exception {
        assertThat(failureAfter(List.of(CLOSED), "< {nope}")).isInstanceOf(QmpFailure.Protocol.class);
    }

    @Test
    void anEventInsteadOfTheGreeting() throws Exception {
        assertThat(failureAfter(List.of(CLOSED), "< {\"event\": \"STOP\"}")).isInstanceOf(QmpFailure.Protocol.class);
    }

    @Test
    void aGreetingWithoutAVersion() throws Exception {
        assertThat(failureAfter(List.of(CLOSED), "< {\"QMP\": {}}")).isInstanceOf(QmpFailure.Protocol.class);
    }

    @Test
    void nobodyThere() throws Exception {
        assertUnreachable(UnixDomainSocketAddress.of(directory.resolve("nobody")), "No such file or directory");
        int freePort;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = probe.getLocalPort();
        }
        assertUnreachable(new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort), "Connection refused");
    }

    @Test
    void aSocketFileThatNobodyListensOn() throws Exception {
        Path dead = Files.createFile(directory.resolve("dead"));
        assertUnreachable(UnixDomainSocketAddress.of(dead), "Connection refused");
    }

    @Test
    void aPathTooLongForASocket() throws Exception {
        Path tooLong = directory.resolve("x".repeat(120));
        assertUnreachable(UnixDomainSocketAddress.of(tooLong), "a unix socket allows 107");
    }

    private static String okay() {
        return "< {\"return\": {}, \"id\": 1}";
    }

    private static void assertUnreachable(SocketAddress address, String why) throws Exception {
        StatePath seen = new StatePath();
        try (QmpConnection connection = QmpTransport.connect(address, Duration.ofSeconds(10), seen)) {
            QmpFailure failure = connection.closed().get(10, TimeUnit.SECONDS);
            assertThat(failure).isInstanceOf(QmpFailure.Unreachable.class);
            assertThat(failure.message())
                    .startsWith("QEMU's monitor " + QmpEndpoint.describe(address))
                    .contains(why);
            assertThat(QmpClientTest.failureOf(connection.ready())).isSameAs(failure);
        }
        assertThat(seen.states).containsExactly(CLOSED);
    }

    private QmpFailure failureAfter(List<QmpState> states, String... lines) throws Exception {
        StatePath seen = new StatePath();
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("peer"));
        // The silent ones wait this long; the others end at once.
        Duration timeout = Duration.ofMillis(lines.length < 3 ? 300 : 10_000);
        try (ScriptedPeer peer = ScriptedPeer.listen(address, List.of(lines));
                QmpConnection connection = QmpTransport.connect(address, timeout, seen)) {
            QmpFailure failure = connection.closed().get(10, TimeUnit.SECONDS);
            assertThat(seen.states).containsExactlyElementsOf(states);
            assertThat(peer).isNotNull();
            return failure;
        }
    }
}
