package org.kdive.script;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kdive.command.Words;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** Rings once after a time, on a thread of its own, and again every second until it is closed: a bell may come too early to be heard. */
final class Alarm implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "script-alarm");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicBoolean rung = new AtomicBoolean();

    private final Duration delay;

    private Alarm(Duration delay) {
        this.delay = delay;
    }

    static Alarm in(Optional<Duration> delay, Runnable bell) {
        Alarm alarm = new Alarm(delay.orElse(Duration.ZERO));
        delay.ifPresent(time -> {
            var unused = alarm.clock.scheduleAtFixedRate(
                    () -> {
                        alarm.rung.set(true);
                        bell.run();
                    },
                    time.toMillis(),
                    1000,
                    TimeUnit.MILLISECONDS);
        });
        return alarm;
    }

    boolean hasRung() {
        return rung.get();
    }

    /** What to say when it has rung. */
    SessionException failure() {
        return new SessionException(
                "the script did not end within " + Words.time(delay), new SessionFailure.TimedOut(delay));
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
