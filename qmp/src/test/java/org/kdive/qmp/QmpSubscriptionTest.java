package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events: filtered, bounded, never in the way of the loop. */
final class QmpSubscriptionTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private final Subscriptions hub = new Subscriptions();

    @Test
    void keepsTheNewestAndCountsWhatItDropped() {
        QmpSubscription events = hub.add(event -> true, null, null, 3);
        for (int i = 0; i < 10; i++) {
            hub.event(numbered(i));
        }
        assertThat(events.dropped()).isEqualTo(7);
        for (int i = 7; i < 10; i++) {
            assertThat(events.poll(Duration.ZERO)).contains(numbered(i));
        }
        assertThat(events.poll(Duration.ZERO)).isEmpty();
    }

    @Test
    void theEndLosesNoEvent() {
        QmpSubscription events = hub.add(event -> true, null, null, 2);
        hub.event(numbered(0));
        hub.event(numbered(1));
        hub.end(new QmpFailure.Closed("unix:x"));
        assertThat(events.poll(SOON)).contains(numbered(0));
        assertThat(events.poll(SOON)).contains(numbered(1));
        assertThatThrownBy(() -> events.poll(SOON)).isInstanceOf(QmpException.class);
        assertThatThrownBy(() -> events.poll(SOON)).isInstanceOf(QmpException.class);
        assertThat(events.dropped()).isZero();
    }

    @Test
    void subscribersDoNotSeeEachOther() {
        QmpSubscription stops = hub.add(event -> event.name().equals("E1"), null, null, 1);
        QmpSubscription all = hub.add(event -> true, null, null, 10);
        hub.event(numbered(0));
        hub.event(numbered(1));
        assertThat(stops.poll(Duration.ZERO)).contains(numbered(1));
        assertThat(all.poll(Duration.ZERO)).contains(numbered(0));
        stops.close();
        hub.event(numbered(1));
        assertThat(stops.poll(Duration.ZERO)).isEmpty();
        assertThat(all.poll(Duration.ZERO)).contains(numbered(1));
    }

    @Test
    void closingWakesAThreadThatPolls() throws Exception {
        QmpSubscription events = hub.add(event -> true, null, null, 1);
        CountDownLatch polling = new CountDownLatch(1);
        CompletableFuture<Optional<QmpEvent>> polled = CompletableFuture.supplyAsync(() -> {
            polling.countDown();
            return events.poll(Duration.ofMinutes(1));
        });
        assertThat(polling.await(10, TimeUnit.SECONDS)).isTrue();
        events.close();
        assertThat(polled.get(10, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void aCallbackThatThrowsHarmsNobodyElse() {
        List<QmpEvent> heard = new ArrayList<>();
        hub.add(
                event -> true,
                event -> {
                    throw new IllegalStateException("on purpose");
                },
                null,
                1);
        hub.add(event -> true, heard::add, null, 1);
        hub.event(numbered(0));
        assertThat(heard).containsExactly(numbered(0));
    }

    @Test
    void aFloodNobodyReadsDoesNotDelayAnAnswer() throws Exception {
        List<String> lines = new ArrayList<>(List.of("> {\"execute\":\"a\",\"id\":2}"));
        for (int i = 0; i < 20_000; i++) {
            lines.add("< {\"event\": \"E\", \"data\": {\"n\": " + i + "}}");
        }
        lines.add("< {\"return\": {}, \"id\": 2}");
        Transcript.greetingThen(lines.toArray(String[]::new)).play(directory, client -> {
            QmpSubscription events = client.subscribe(event -> true, 100);
            client.call("a", Map.of());
            assertThat(events.dropped()).isEqualTo(19_900);
            assertThat(events.poll(SOON).orElseThrow().data().number("n")).isEqualTo(19_900);
        });
    }

    private static QmpEvent numbered(int i) {
        return new QmpEvent("E" + i, QmpValue.empty(), Instant.EPOCH);
    }
}
