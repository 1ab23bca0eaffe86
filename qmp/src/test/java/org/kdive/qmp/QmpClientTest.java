package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.qmp.RunControl.QueryStatus;

/** The client against a scripted QEMU. */
final class QmpClientTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void aCommandThatIsNotAnsweredTimesOutAndItsLateAnswerIsDropped() throws Exception {
        Transcript.greetingThen(
                        "> {\"execute\":\"slow\",\"id\":2}",
                        "> {\"execute\":\"next\",\"id\":3}",
                        "< {\"return\": \"late\", \"id\": 2}",
                        "< {\"return\": \"mine\", \"id\": 3}")
                .play(directory, client -> {
                    CompletableFuture<QmpValue> slow = client.execute("slow", Map.of(), Duration.ofMillis(20));
                    assertThat(failureOf(slow))
                            .isEqualTo(
                                    new QmpFailure.TimedOut("answer to {\"execute\":\"slow\"}", Duration.ofMillis(20)))
                            .extracting(QmpFailure::message)
                            .isEqualTo("no answer to {\"execute\":\"slow\"} within 0.02 s");
                    assertThat(client.call("next", Map.of()).text()).isEqualTo("mine");
                });
    }

    @Test
    void answersInAnyOrderFindTheirCommands() throws Exception {
        Transcript.greetingThen(
                        "> {\"execute\":\"a\",\"id\":2}",
                        "> {\"execute\":\"b\",\"id\":3}",
                        "< {\"return\": \"of b\", \"id\": 3}",
                        "< {\"return\": \"of nobody\", \"id\": 77}",
                        "< {\"return\": \"of nobody\", \"id\": \"2\"}",
                        "< {\"return\": \"of nobody\"}",
                        "< {\"return\": \"of a\", \"id\": 2}")
                .play(directory, client -> {
                    var a = client.execute("a", Map.of());
                    var b = client.execute("b", Map.of());
                    assertThat(a.get(10, TimeUnit.SECONDS).text()).isEqualTo("of a");
                    assertThat(b.get(10, TimeUnit.SECONDS).text()).isEqualTo("of b");
                });
    }

    @Test
    void anErrorWithoutAnIdIsTheOldestCommands() throws Exception {
        // QEMU 7.2 answers a line it cannot parse like this; it answers in the order of asking.
        Transcript.greetingThen(
                        "> {\"execute\":\"a\",\"id\":2}",
                        "> {\"execute\":\"b\",\"id\":3}",
                        "< {\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting value\"}}",
                        "< {\"return\": {}, \"id\": 3}")
                .play(directory, client -> {
                    var a = client.execute("a", Map.of());
                    var b = client.execute("b", Map.of());
                    assertThat(failureOf(a)).isInstanceOf(QmpFailure.Refused.class);
                    assertThat(b.get(10, TimeUnit.SECONDS)).isEqualTo(QmpValue.empty());
                });
    }

    @Test
    void aDisconnectionInTheMiddleOfAnAnswerIsHandedToAllWhoWait() throws Exception {
        Transcript.greetingThen(
                        "> {\"execute\":\"a\",\"id\":2}",
                        "> {\"execute\":\"b\",\"id\":3}",
                        "~ {\"return\": {\"sta",
                        "!")
                .play(directory, client -> {
                    QmpSubscription events = client.subscribe(event -> true);
                    var a = client.execute("a", Map.of());
                    var b = client.execute("b", Map.of());
                    QmpFailure first = client.closed().get(10, TimeUnit.SECONDS);
                    assertThat(first.message()).endsWith("QEMU closed it after 16 bytes of a message");
                    assertThat(failureOf(a)).isSameAs(first);
                    assertThat(failureOf(b)).isSameAs(first);
                    assertThat(failureOf(client.execute("c", Map.of()))).isSameAs(first);
                    assertThatThrownBy(() -> events.poll(SOON))
                            .isInstanceOfSatisfying(
                                    QmpException.class,
                                    e -> assertThat(e.failure()).isSameAs(first));
                    assertThatThrownBy(() -> client.subscribe(event -> true).poll(SOON))
                            .isInstanceOf(QmpException.class);
                });
    }

    @Test
    void closingHandsClosedToAllWhoWaitAndMayBeRepeated() throws Exception {
        Transcript.greetingThen("> {\"execute\":\"a\",\"id\":2}").play(directory, client -> {
            var a = client.execute("a", Map.of());
            client.close();
            client.close();
            assertThat(failureOf(a)).isInstanceOf(QmpFailure.Closed.class);
            assertThat(failureOf(client.execute("b", Map.of()))).isInstanceOf(QmpFailure.Closed.class);
            assertThat(client.state()).isEqualTo(QmpState.CLOSED);
        });
    }

    @Test
    void anAnswerOfTheWrongShapeNamesTheCommand() throws Exception {
        Transcript.greetingThen("> {\"execute\":\"query-status\",\"id\":2}", "< {\"return\": {}, \"id\": 2}")
                .play(
                        directory,
                        client -> assertThatThrownBy(() -> client.call(new QueryStatus()))
                                .hasMessage("QEMU's answer to query-status: expected an object with 'status', got {}"));
    }

    @Test
    void waitingOnTheEventLoopIsRefused() throws Exception {
        Transcript.greetingThen("> {\"execute\":\"a\",\"id\":2}", "< {\"event\": \"STOP\"}")
                .play(directory, client -> {
                    CompletableFuture<QmpValue> inside = new CompletableFuture<>();
                    client.subscribe(event -> true, event -> {
                        try {
                            inside.complete(client.call("b", Map.of()));
                        } catch (IllegalStateException e) {
                            inside.completeExceptionally(e);
                        }
                    });
                    assertThat(client.execute("a", Map.of())).isNotNull();
                    assertThatThrownBy(() -> inside.get(10, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(IllegalStateException.class);
                });
    }

    @Test
    void speaksTcp() throws Exception {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var lines = Transcript.greetingThen("> {\"execute\":\"a\",\"id\":2}", "< {\"return\": 1, \"id\": 2}")
                .lines();
        try (ScriptedPeer peer = ScriptedPeer.listen(loopback, lines);
                QmpClient client = QmpClient.connect(peer.address(), SOON)) {
            assertThat(client.call("a", Map.of()).number()).isEqualTo(1);
        }
    }

    @Test
    void tooManyUnansweredCommandsAreRefused() throws Exception {
        Transcript.greetingThen().play(directory, client -> {
            for (int i = 0; i < 1024; i++) {
                assertThat(client.execute("a", Map.of())).isNotCompletedExceptionally();
            }
            assertThat(failureOf(client.execute("b", Map.of())))
                    .isEqualTo(new QmpFailure.Busy("{\"execute\":\"b\"}", 1024));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\": \"x\", \"id\": 2}",
                "{\"error\": {}, \"id\": 2}",
                "{\"error\": {\"class\": 1, \"desc\": 2}}",
                "{\"event\": 5}",
                "{\"event\": \"E\", \"timestamp\": 1}",
                "{\"event\": \"E\", \"timestamp\": {\"seconds\": 9e18, \"microseconds\": 0}}",
                "{\"event\": \"E\", \"timestamp\": {\"seconds\": 0, \"microseconds\": 9e18}}",
                "{\"x\": 1e99999999999}",
                "{}",
                "{]",
            })
    void aMalformedMessageEndsTheConnectionAtOnceForAllWhoWait(String message) throws Exception {
        Transcript.greetingThen("> {\"execute\":\"a\",\"id\":2}", "< " + message)
                .play(directory, client -> {
                    var a = client.execute("a", Map.of());
                    assertThat(failureOf(a)).isInstanceOf(QmpFailure.Protocol.class);
                    assertThat(failureOf(a)).isSameAs(client.closed().get(10, TimeUnit.SECONDS));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"return\": {}, \"id\": 2.5}",
                "{\"return\": {}, \"id\": 1e999999999}",
                "{\"return\": {}, \"id\": {\"a\": []}}",
                "{\"return\": {}, \"id\": 18446744073709551618}",
                "{\"event\": \"E\", \"data\": 7, \"new\": [1]}",
            })
    void whatIsOnlyStrangeIsPassedOver(String message) throws Exception {
        Transcript.greetingThen("> {\"execute\":\"a\",\"id\":2}", "< " + message, "< {\"return\": \"mine\", \"id\": 2}")
                .play(
                        directory,
                        client -> assertThat(client.call("a", Map.of()).text()).isEqualTo("mine"));
    }

    @Test
    void theThreadEndsWithTheConnection() throws Exception {
        for (int i = 0; i < 20; i++) {
            Transcript.greetingThen("!")
                    .play(directory, client -> client.closed().get(10, TimeUnit.SECONDS));
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("qmp-")));
    }

    static QmpFailure failureOf(CompletableFuture<?> future) throws Exception {
        try {
            throw new AssertionError("succeeded with " + future.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QmpException failed) {
                return failed.failure();
            }
            throw e;
        }
    }
}
