package org.kdive.qmp;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.wire.QmpWatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to hear what. Subscribed to from any thread, published to by the event loop. */
final class Subscriptions implements QmpWatcher {
    private static final Logger LOG = LoggerFactory.getLogger("qmp");

    private final List<QmpSubscription> open = new CopyOnWriteArrayList<>();
    private volatile @Nullable QmpFailure ended; // null while the connection lives

    QmpSubscription add(
            Predicate<QmpEvent> filter,
            @Nullable Consumer<QmpEvent> callback,
            @Nullable Consumer<QmpFailure> onEnd,
            int capacity) {
        QmpSubscription subscription = new QmpSubscription(this, filter, callback, onEnd, capacity);
        open.add(subscription);
        QmpFailure over = ended;
        if (over != null) {
            subscription.end(over);
        }
        return subscription;
    }

    void remove(QmpSubscription subscription) {
        open.remove(subscription);
    }

    @Override
    public void event(QmpEvent event) {
        for (QmpSubscription subscription : open) {
            try {
                subscription.publish(event);
            } catch (RuntimeException e) {
                // Somebody's filter or callback. The loop has nobody to throw it to, and the others still get the
                // event.
                LOG.warn("a subscriber failed on {}", event.name(), e);
            }
        }
    }

    @Override
    public void end(QmpFailure failure) {
        ended = failure;
        open.forEach(subscription -> subscription.end(failure));
    }
}
