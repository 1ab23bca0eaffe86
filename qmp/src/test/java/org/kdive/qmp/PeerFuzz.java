package org.kdive.qmp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A QEMU that greets well and then floods, stalls, answers late or answers garbage, on a real socket. Seeds are fixed. */
@Timeout(60)
final class PeerFuzz {
    private static final long FRAMES = Long.getLong("kdive.fuzz.frames", 1_000_000);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String GREETING =
            "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":0,\"minor\":2,\"major\":7},\"package\":\"\"},\"capabilities\":[]}}\r\n";

    @TempDir
    private Path directory;

    /** What the peer does once it was told to begin. */
    private interface Play {
        void perform(BufferedReader in, OutputStream out) throws IOException;
    }

    private interface Asked {
        void against(QmpClient client) throws Exception;
    }

    private void play(Play play, Asked test) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("qmp"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            Thread peer = new Thread(() -> serve(server, play), "peer");
            peer.setDaemon(true);
            peer.start();
            try (QmpClient client = QmpClient.connect(address, SOON)) {
                test.against(client);
            }
            peer.join(SOON.toMillis());
            assertThat(peer.isAlive()).as("the peer's thread").isFalse();
        }
    }

    private static void serve(ServerSocketChannel server, Play play) {
        try (SocketChannel socket = server.accept()) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(socket), 1 << 16);
            BufferedReader in = new BufferedReader(Channels.newReader(socket, UTF_8));
            out.write(GREETING.getBytes(UTF_8));
            out.flush();
            answer(in.readLine(), "{}", out); // qmp_capabilities
            out.flush();
            play.perform(in, out);
            out.flush();
            while (in.readLine() != null) {} // until the client hangs up
        } catch (IOException e) {
            // the client hung up in the middle of it
        }
    }

    private static void answer(String request, String value, OutputStream out) throws IOException {
        String id = QmpValue.parse(request).require("id").toJson();
        out.write("{\"return\": %s, \"id\": %s}\r\n".formatted(value, id).getBytes(UTF_8));
    }

    private static void event(Random random, long number, OutputStream out) throws IOException {
        String[] names = {"STOP", "RESUME", "RTC_CHANGE", "SOMETHING_NEW", "JOB_STATUS_CHANGE"};
        out.write("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"%s\", \"data\": {\"n\": %d}}\r\n"
                .formatted(names[random.nextInt(names.length)], number)
                .getBytes(UTF_8));
    }

    @Test
    void aMillionEventsAreHeardInOrderAndCommandsAreAnsweredBetweenThem() throws Exception {
        Random random = new Random(1);
        AtomicLong heard = new AtomicLong();
        play(
                (in, out) -> {
                    answer(in.readLine(), "0", out); // the client listens now
                    for (long sent = 0; sent < FRAMES; sent++) {
                        event(random, sent, out);
                        if (sent % 10_000 == 5_000) {
                            out.flush();
                            answer(in.readLine(), Long.toString(sent), out);
                        }
                    }
                },
                client -> {
                    client.subscribe(event -> true, event -> {
                        long number = event.data().number("n");
                        assertThat(heard.compareAndSet(number, number + 1)).isTrue();
                    });
                    QmpSubscription unread = client.subscribe(event -> true, 100);
                    var begun = client.execute("begin", Map.of(), SOON);
                    for (long at = 5_000; at < FRAMES; at += 10_000) {
                        assertThat(client.execute("where", Map.of(), SOON)
                                        .get(20, TimeUnit.SECONDS)
                                        .number())
                                .isEqualTo(at);
                    }
                    await().atMost(SOON).until(() -> heard.get() == FRAMES);
                    assertThat(begun).isCompleted();
                    assertThat(unread.dropped()).isEqualTo(FRAMES - 100);
                });
    }

    @Test
    void whateverItAnswersEachCommandEndsByItsDeadlineAndNoneGetsAnothersAnswer() throws Exception {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            play((in, out) -> misbehave(random, in, out), client -> {
                List<CompletableFuture<QmpValue>> asked = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    asked.add(client.execute("echo", Map.of("i", i), Duration.ofMillis(200)));
                }
                for (int i = 0; i < asked.size(); i++) {
                    int mine = i;
                    assertThat(asked.get(i).handle((value, thrown) -> thrown == null ? value.number() : mine))
                            .succeedsWithin(Duration.ofSeconds(10))
                            .isEqualTo((long) mine);
                }
            });
            Files.delete(directory.resolve("qmp"));
        }
    }

    private static void misbehave(Random random, BufferedReader in, OutputStream out) throws IOException {
        List<String> late = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String request = in.readLine();
            String mine =
                    QmpValue.parse(request).require("arguments").require("i").toJson();
            switch (random.nextInt(8)) {
                case 0 -> late.add(request);
                case 1 -> out.write("{\"return\": 7, \"id\": \"none\"}\r\n{\"return\": 7}\r\n".getBytes(UTF_8));
                case 2 -> event(random, i, out);
                case 3 -> {
                    if (i > 80) {
                        byte[] garbage = new byte[random.nextInt(40)];
                        random.nextBytes(garbage);
                        out.write(garbage);
                    }
                }
                default -> answer(request, mine, out);
            }
        }
        for (String request : late) {
            answer(
                    request,
                    QmpValue.parse(request).require("arguments").require("i").toJson(),
                    out);
        }
    }
}
