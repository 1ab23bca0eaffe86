package org.kdive.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpEvent;
import org.kdive.qmp.QmpSubscription;

/** What QEMU said unasked: the last {@value #KEPT} of it, and live for whoever asks. Session thread, but for the telling. */
public final class EventLog {
    static final int KEPT = 1000;
    private static final int MOST_IN_A_SECOND = 50; // nobody reads more

    private final QmpClient qmp;
    private final Consumer<String> teller; // any thread
    private final QmpSubscription heard;
    private final Deque<QmpEvent> kept = new ArrayDeque<>();
    private long forgotten;
    private long met; // up to which events were met, counted from the first
    private @Nullable QmpSubscription live; // null: nobody wants it

    EventLog(QmpClient qmp, Consumer<String> teller) {
        this.qmp = qmp;
        this.teller = teller;
        this.heard = qmp.subscribe(event -> true, KEPT);
    }

    /** What passes, oldest first. */
    public List<QmpEvent> history(Predicate<QmpEvent> filter) {
        for (var next = heard.poll(Duration.ZERO); next.isPresent(); next = heard.poll(Duration.ZERO)) {
            if (kept.size() == KEPT) {
                kept.remove();
                forgotten++;
            }
            kept.add(next.get());
        }
        return kept.stream().filter(filter).toList();
    }

    /** The first of this name since the last one that was met so. */
    Optional<QmpEvent> meet(String name) {
        List<QmpEvent> all = history(event -> true);
        for (int i = (int) Math.max(0, met - forgotten); i < all.size(); i++) {
            if (all.get(i).name().equals(name)) {
                met = forgotten + i + 1;
                return Optional.of(all.get(i));
            }
        }
        return Optional.empty();
    }

    /** How many are not kept any more. */
    public long forgotten() {
        return forgotten + heard.dropped();
    }

    /** From now on every event that passes is told as a notice; in place of those asked for before. */
    public void tell(Predicate<QmpEvent> filter) {
        quiet();
        Rate rate = new Rate();
        live = qmp.subscribe(filter, event -> rate.tell(line(event)));
    }

    /** Nothing is told any more; the history goes on. */
    public void quiet() {
        if (live != null) {
            live.close();
            live = null;
        }
    }

    /** {@code RESET {"guest":true,"reason":"guest-reset"}}. */
    public static String line(QmpEvent event) {
        boolean bare = event.data().map().isEmpty();
        return bare ? event.name() : event.name() + " " + event.data().toJson();
    }

    /** Counts what would be too much to read. The event loop's thread. */
    private final class Rate {
        private long second;
        private int told;
        private long withheld;

        void tell(String line) {
            long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
            if (now != second) {
                second = now;
                told = 0;
                if (withheld > 0) {
                    teller.accept("(%d more events came too fast and are not shown)".formatted(withheld));
                    withheld = 0;
                }
            }
            if (told++ < MOST_IN_A_SECOND) {
                teller.accept("event: " + line);
            } else {
                withheld++;
            }
        }
    }
}
