package org.kdive.gdbrsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Against a real QEMU. With {@code -Dgdbrsp.record=DIRECTORY} the wire logs of the scenarios are written there; that is
 * how the transcripts of ReplayTest were made.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RealStubIT {
    private static final ThreadId ONE = new ThreadId(1, 1);

    @TempDir
    private Path directory;

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw RspException.from(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private static RspFailure failure(CompletableFuture<?> future) {
        return catchThrowableOfType(RspException.class, () -> get(future)).failure();
    }

    private static void play(Scenario scenario, RspClient client) {
        scenario.play(new Scenario.Driver() {
            @Override
            public RspClient client() {
                return client;
            }

            @Override
            public <T> T get(CompletableFuture<T> future) {
                return RealStubIT.get(future);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void playsOverAUnixSocket(Scenario scenario) throws IOException {
        List<String> wire = Collections.synchronizedList(new ArrayList<>());
        Logger logger = Logger.getLogger("rsp.wire");
        Handler handler = recorder(wire);
        logger.setLevel(Level.FINE);
        logger.addHandler(handler);
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient client = qemu.connect()) {
            play(scenario, client);
        } finally {
            logger.removeHandler(handler);
            logger.setLevel(Level.INFO);
        }
        String record = System.getProperty("gdbrsp.record");
        if (record != null) {
            wire.add(0, "# " + String.join(" ", Scenario.COMMAND) + " -gdb unix:PATH,server=on,wait=off");
            wire.add(1, "# QEMU 7.2.22 (Debian 12), recorded by RealStubIT with -Dgdbrsp.record");
            wire.removeIf(line -> !line.startsWith("> ") && !line.startsWith("< ") && !line.startsWith("#"));
            Files.write(Path.of(record, scenario.transcript()), wire, ISO_8859_1);
        }
    }

    private static Handler recorder(List<String> lines) {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                lines.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @ParameterizedTest
    @EnumSource
    void playsOverTcp(Scenario scenario) {
        try (Qemu qemu = Qemu.onTcp(directory);
                RspClient client = qemu.connect()) {
            play(scenario, client);
        }
    }

    @Test
    void aQemuKilledWhileStoppedFailsTheNextRequest() throws InterruptedException {
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient client = qemu.connect()) {
            qemu.kill();
            assertThat(qemu.ended()).isTrue();
            assertThat(get(client.closed())).isInstanceOf(RspFailure.Disconnected.class);
            assertThat(failure(client.readRegisters(ONE))).isInstanceOf(RspFailure.Disconnected.class);
        }
    }

    @Test
    void aQemuKilledWhileRunningEndsTheRun() {
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient client = qemu.connect()) {
            CompletableFuture<StopReply> stop = client.resume(Resume.continueAll());
            Awaitility.await().until(() -> qemu.qmp("query-status").contains("running\""));
            qemu.kill();
            assertThat(failure(stop)).isInstanceOf(RspFailure.Disconnected.class);
            assertThat(client.state()).isEqualTo(RspState.CLOSED);
        }
    }

    @Test
    void aQemuKilledInTheMiddleOfAnAnswerFailsItOnce() {
        for (int delay = 0; delay < 5; delay++) {
            try (Qemu qemu = Qemu.onUnixSocket(directory);
                    RspClient client = qemu.connect()) {
                List<CompletableFuture<byte[]>> reads = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    reads.add(client.readMemory(ONE, 0, 8 << 20));
                }
                get(reads.get(delay));
                qemu.kill();
                assertThat(failure(reads.get(19))).isInstanceOf(RspFailure.Disconnected.class);
                assertThat(get(client.closed())).isInstanceOf(RspFailure.Disconnected.class);
            }
        }
    }

    @Test
    void detachingLetsTheGuestRunAndQemuLive() {
        try (Qemu qemu = Qemu.onUnixSocket(directory)) {
            try (RspClient client = qemu.connect()) {
                get(client.insert(Stoppoint.hardware(0xfe05b)));
                get(client.detach());
            }
            assertThat(qemu.qmp("query-status")).contains("\"status\": \"running\"");
            // stopped again by the next client, and the stub is in good health
            try (RspClient client = qemu.connect()) {
                assertThat(qemu.qmp("query-status")).contains("\"status\": \"paused\"");
                assertThat(client.lastStop()).isPresent(); // 7.2 reports it unasked
                assertThat(get(client.readRegisters(ONE)).present()).isNotEmpty();
            }
            assertThat(qemu.isAlive()).isTrue();
        }
    }

    @Test
    void whatAnEarlierClientLeftBehindDoesNoHarm() throws IOException {
        try (Qemu qemu = Qemu.onUnixSocket(directory)) {
            try (SocketChannel rude = qemu.rawClient()) {
                // physical addressing on, then half a packet
                rude.write(ByteBuffer.wrap("$Qqemu.PhyMemMode:1#77".getBytes(ISO_8859_1)));
                ByteBuffer answer = ByteBuffer.allocate(8);
                while (answer.hasRemaining() && answer.position() < 7) {
                    rude.read(answer);
                }
                assertThat(new String(answer.array(), 0, 7, ISO_8859_1)).isEqualTo("+$OK#9a");
                rude.write(ByteBuffer.wrap("+$m123".getBytes(ISO_8859_1)));
            }
            try (RspClient client = qemu.connect()) {
                assertThat(get(client.monitor("info version"))).isNotBlank();
                // physically, nothing is mapped there and QEMU would read zeroes
                assertThat(failure(client.readMemory(ONE, 64 << 20, 8)))
                        .isEqualTo(new RspFailure.MemoryFault(64 << 20));
            }
        }
    }

    @Test
    void stoppedOverQmpTheStubsWordOrOursEndsTheRun() {
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient client = qemu.connect()) {
            CompletableFuture<StopReply> stop = client.resume(Resume.continueAll());
            Awaitility.await().until(() -> qemu.qmp("query-status").contains("running\""));
            qemu.qmp("stop");
            client.stoppedElsewhere();
            get(stop);
            assertThat(client.state()).isEqualTo(RspState.HALTED);

            CompletableFuture<StopReply> again = client.resume(Resume.continueAll());
            Awaitility.await().until(() -> qemu.qmp("query-status").contains("running\""));
            assertThat(again).isNotDone();
            client.interrupt();
            assertThat(get(again)).isInstanceOf(StopReply.Signal.class);
        }
    }

    @Test
    void resumedOverQmpTheStubIsLeftAlone() {
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient client = qemu.connect()) {
            CompletableFuture<StopReply> unsolicited = new CompletableFuture<>();
            client.onUnsolicitedStop(unsolicited::complete);
            qemu.qmp("cont");
            client.resumedElsewhere();
            assertThat(failure(client.readRegisters(ONE))).isInstanceOf(RspFailure.Running.class);
            assertThat(qemu.qmp("query-status")).contains("\"status\": \"running\"");
            client.interrupt();
            assertThat(get(unsolicited)).isInstanceOf(StopReply.Signal.class);
            assertThat(get(client.readRegisters(ONE)).present()).isNotEmpty();
        }
    }

    @Test
    void anEndpointWithNobodyThereIsUnreachable() {
        RspOptions options = RspOptions.defaults().withConnectTimeout(Duration.ofSeconds(5));
        Path socket = directory.resolve("nobody");
        RspException e = catchThrowableOfType(
                RspException.class,
                () -> RspClient.connect(java.net.UnixDomainSocketAddress.of(socket), options)
                        .close());
        assertThat(e.failure()).isInstanceOf(RspFailure.Unreachable.class);
        assertThat(e).hasMessageContaining(socket.toString());
    }

    @Test
    void aSecondClientWaitsNoLongerThanItsTimeout() {
        // QEMU accepts, and says nothing until the first client leaves
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient first = qemu.connect()) {
            assertThat(first.state()).isEqualTo(RspState.HALTED);
            RspOptions options = RspOptions.defaults().withConnectTimeout(Duration.ofMillis(500));
            RspException e = catchThrowableOfType(
                    RspException.class,
                    () -> RspClient.connect(qemu.stub(), options).close());
            assertThat(e.failure()).isInstanceOf(RspFailure.TimedOut.class);
        }
    }

    @Test
    void aThousandStepsInARow() {
        try (Qemu qemu = Qemu.onUnixSocket(directory);
                RspClient client = qemu.connect()) {
            for (int i = 0; i < 1000; i++) {
                StopReply stop = get(client.resume(Resume.step(ONE)));
                assertThat(stop.thread()).contains(ONE);
                get(client.readRegisters(ONE));
            }
        }
    }
}
