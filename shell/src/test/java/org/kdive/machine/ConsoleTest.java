package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest's serial line, played from the other end of a real socket. */
@Timeout(30)
final class ConsoleTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir
    private Path dir;

    private SocketChannel guest;
    private Console console;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(dir.resolve("line")));
            guest = SocketChannel.open(server.getLocalAddress());
            console = Console.over(server.accept(), dir.resolve("log"));
        }
    }

    @AfterEach
    void close() throws IOException {
        console.close();
        guest.close();
    }

    private void say(String text) throws IOException {
        say(text.getBytes(StandardCharsets.UTF_8));
    }

    private void say(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            guest.write(buffer);
        }
    }

    private ConsoleMatch expect(String regex) {
        return console.expect(Pattern.compile(regex), SOON);
    }

    @Test
    void findsWhatComesInPieces() throws IOException {
        CompletableFuture<ConsoleMatch> match = CompletableFuture.supplyAsync(() -> expect("lo(g)in: "));
        for (char c : "debian login: ".toCharArray()) {
            say(String.valueOf(c));
        }
        assertThat(match.join().before()).isEqualTo("debian ");
        assertThat(match.join().groups()).containsExactly("g");
    }

    @Test
    void neverMatchesTheSameOutputTwice() throws IOException {
        say("one two one");
        assertThat(expect("one").endPosition()).isEqualTo(3);
        assertThat(expect("one").endPosition()).isEqualTo(11);
        assertThatThrownBy(() -> console.expect(Pattern.compile("one"), SHORT))
                .asInstanceOf(type(MachineException.class))
                .extracting(MachineException::failure)
                .isInstanceOf(MachineFailure.ConsoleTimedOut.class);
    }

    @Test
    void aMissedExpectationConsumesNothing() throws IOException {
        say("here it is");
        expect("here");
        assertThatThrownBy(() -> console.expect(Pattern.compile("there"), SHORT))
                .hasMessageContaining("it is");
        assertThat(expect("it").before()).isEqualTo(" ");
    }

    @Test
    void countsBytesThoughItMatchesCharacters() throws IOException {
        say(new byte[] {'a', (byte) 0xff, 0, (byte) 0xc3, (byte) 0xa9, 'b', 'c'});
        assertThat(expect("\u00e9b").endPosition()).isEqualTo(6);
        assertThat(expect("c").endPosition()).isEqualTo(7);
        assertThat(console.history()).startsWith('a', 0xff, 0);
    }

    @Test
    void aPatternThatBacktracksForEverStillTimesOut() throws IOException {
        say("a".repeat(60));
        long start = System.nanoTime();
        assertThatThrownBy(() -> console.expect(Pattern.compile("(a|aa)+$(?<=b)"), Duration.ofMillis(200)))
                .isInstanceOf(MachineException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void survivesAFloodAndKeepsItsEndAndItsBeginning() throws IOException {
        byte[] flood = new byte[3 * Console.RING_BYTES + 12345];
        new Random(1).nextBytes(flood);
        byte[] last = "THE END".getBytes(StandardCharsets.US_ASCII);
        say(flood);
        say(last);
        ConsoleMatch match = expect("THE END");
        assertThat(match.endPosition()).isEqualTo(flood.length + last.length);
        assertThat(console.history()).hasSize(Console.RING_BYTES).endsWith(last);
        byte[] tail = Arrays.copyOfRange(flood, flood.length - Console.RING_BYTES + last.length, flood.length);
        assertThat(console.history()).startsWith(tail);
        assertThat(Files.readAllBytes(console.log())).startsWith(flood);
    }

    @Test
    void aCopyOfTheUsersHasEveryByteOfAFlood() throws IOException {
        Path copy = Files.writeString(dir.resolve("copy"), "before\n");
        console.copyTo(copy);
        byte[] flood = new byte[4 << 20];
        new Random(3).nextBytes(flood);
        say(flood);
        say("the end");
        expect("the end");
        console.copyTo(null);
        say("unheard");
        expect("unheard");
        byte[] kept = Files.readAllBytes(copy);
        assertThat(kept).hasSize("before\n".length() + flood.length + "the end".length());
        assertThat(Arrays.copyOfRange(kept, "before\n".length(), "before\n".length() + flood.length))
                .isEqualTo(flood);
    }

    @Test
    void tellsASlowReaderWhatItMissed() throws IOException {
        ConsoleReader reader = console.readerFromStart();
        say(new byte[Console.RING_BYTES + 100]);
        say("x");
        expect("x");
        assertThat(reader.read(SOON)).hasSize(Console.RING_BYTES);
        assertThat(reader.droppedBytes()).isEqualTo(101);
        assertThat(reader.read(SHORT)).isEmpty();
        assertThat(reader.ended()).isFalse();
    }

    @Test
    @SuppressWarnings("try") // the subscription is there to be closed
    void handsAllThatComesToASubscriberInOrder() throws Exception {
        LinkedBlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        try (Console.Subscription subscription = console.subscribe(heard::add, missed -> {})) {
            say("hello ");
            say("world");
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (all.size() < 11) {
                all.write(heard.poll(10, TimeUnit.SECONDS));
            }
            assertThat(all.toString(StandardCharsets.US_ASCII)).isEqualTo("hello world");
        }
    }

    @Test
    @SuppressWarnings("try") // the subscription is there to be closed
    void aListenerThatIsSlowIsToldInPlaceWhatItMissed() throws Exception {
        LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        CountDownLatch flooded = new CountDownLatch(1);
        try (Console.Subscription subscription = console.subscribe(
                bytes -> {
                    awaitQuietly(flooded);
                    heard.add(bytes);
                },
                heard::add)) {
            say("first");
            expect("first"); // so it is in the ring before the flood; the listener is busy with it, or about to be
            say(new byte[3 * Console.RING_BYTES]);
            say("the end");
            expect("the end");
            flooded.countDown();
            long total = "firstthe end".length() + 3L * Console.RING_BYTES;
            long told = 0;
            int gaps = 0;
            while (told < total) {
                Object next = heard.poll(10, TimeUnit.SECONDS);
                gaps += next instanceof Long ? 1 : 0;
                told += next instanceof Long gap ? gap : ((byte[]) next).length;
            }
            assertThat(told).isEqualTo(total);
            assertThat(gaps).isPositive();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void expectsWhatTheRingHasForgottenAndTheLogHas() throws IOException {
        say("early word\n");
        say(new byte[5 * Console.RING_BYTES]);
        say("late word\n");
        expectInHistory("late");
        assertThat(expect("early").endPosition()).isEqualTo(5);
        assertThat(expect("late").text()).isEqualTo("late");
    }

    @Test
    void keepsTheFirstAndTheLastOfAFloodAndCountsWhatIsBetween() throws IOException {
        int flood = (int) Console.LOG_LIMIT_BYTES + 3 * Console.RING_BYTES;
        say("first");
        say(new byte[flood]);
        say("last");
        expectInHistory("last");
        ConsolePast past = console.past();
        assertThat(past.first()).hasSize((int) Console.LOG_LIMIT_BYTES);
        assertThat(new String(past.first(), 0, 5, StandardCharsets.US_ASCII)).isEqualTo("first");
        assertThat(past.leftOutBytes()).isEqualTo(flood + 9 - Console.LOG_LIMIT_BYTES - Console.RING_BYTES);
        assertThat(new String(past.last(), StandardCharsets.US_ASCII)).endsWith("last");
        assertThatThrownBy(() -> console.expect(Pattern.compile("never"), SHORT))
                .hasMessageContaining("unlooked at");
    }

    @Test
    void anExpectationThatIsGivenUpEndsLongBeforeItsDeadline() {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> console.expect(Pattern.compile("never"), SOON, () -> asked.incrementAndGet() > 2))
                .isInstanceOf(MachineException.class);
    }

    @Test
    void sendsToTheGuestEvenWhatItDoesNotReadAtOnce() throws IOException {
        byte[] much = new byte[900_000];
        new Random(2).nextBytes(much);
        console.send(much);
        ByteBuffer got = ByteBuffer.allocate(much.length);
        while (got.hasRemaining()) {
            assertThat(guest.read(got)).isPositive();
        }
        assertThat(got.array()).isEqualTo(much);
    }

    @Test
    void refusesToQueueWithoutEndForAGuestThatDoesNotRead() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        console.send(new byte[100_000]);
                    }
                })
                .asInstanceOf(type(MachineException.class))
                .extracting(MachineException::failure)
                .isInstanceOf(MachineFailure.ConsoleFull.class);
    }

    @Test
    void keepsTheHistoryWhenTheLineEnds() throws IOException {
        say("last words");
        guest.close();
        console.ended().join();
        assertThat(console.history()).asString().isEqualTo("last words");
        assertThat(expect("last").text()).isEqualTo("last");
        assertThatThrownBy(() -> expect("never")).hasMessageContaining("ended").hasMessageContaining("words");
        assertThatThrownBy(() -> console.send("x")).isInstanceOf(MachineException.class);
    }

    @Test
    void closingWakesWhoeverWaits() throws IOException {
        CompletableFuture<ConsoleMatch> waiting = CompletableFuture.supplyAsync(() -> expect("never"));
        say("something");
        expectInHistory("something");
        console.close();
        console.close();
        assertThatThrownBy(waiting::join).hasRootCauseInstanceOf(MachineException.class);
        assertThatThrownBy(console::history).isInstanceOf(MachineException.class);
    }

    private void expectInHistory(String text) {
        ConsoleReader reader = console.readerFromStart();
        StringBuilder all = new StringBuilder();
        while (all.indexOf(text) < 0) {
            all.append(new String(reader.read(SOON), StandardCharsets.UTF_8));
        }
    }
}
