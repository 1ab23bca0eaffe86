package org.kdive.session;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.kdive.machine.ConsoleMatch;
import org.kdive.qmp.QmpEvent;

/** Waits for what the guest or QEMU should say, and looks after the run state meanwhile. Session thread. */
public final class Expectations {
    /** How soon a wait for an event notices that nobody wants it any more. */
    private static final Duration SLICE = Duration.ofMillis(50);

    private static final Duration ON_ITS_WAY = Duration.ofMillis(300);

    private final Session session;
    private final RunControl control;
    private final ConsoleDesk console;
    private final Notices notices;

    Expectations(Session session, RunControl control, ConsoleDesk console, Notices notices) {
        this.session = session;
        this.control = control;
        this.console = console;
        this.notices = notices;
    }

    /**
     * Waits for the guest to write something that matches; each text is matched once. A stop of the guest ends the wait. Throws
     * TimedOut, Interrupted, Unexpected.
     */
    public ConsoleMatch console(Pattern pattern, Duration deadline) {
        console.expectAgain();
        boolean running = session.isRunning();
        CompletableFuture<ConsoleMatch> match = CompletableFuture.supplyAsync(() -> console.expect(pattern, deadline));
        control.attention().attendUntil(match);
        if (running && session.state() instanceof Stop stop && !saidSoon(match)) {
            console.cancel();
            throw new SessionException(
                    "the guest stopped before the console said /%s/: %s"
                            .formatted(pattern, stop.cause().describe()),
                    new SessionFailure.Unexpected(pattern.toString()));
        }
        return Waits.on(match, "expect console");
    }

    // what the guest wrote just before it stopped may still be on its way here
    private static boolean saidSoon(CompletableFuture<ConsoleMatch> match) {
        try {
            Waits.on(match, ON_ITS_WAY, "expect console");
            return true;
        } catch (SessionException e) {
            return false;
        }
    }

    /**
     * Waits for QEMU to tell of something; each event is met once, and those that came before the last one met are not looked at
     * again. Throws TimedOut, Interrupted, and Unsupported without QMP.
     */
    public QmpEvent event(String name, Duration deadline) {
        EventLog log = session.hypervisor().monitors().events();
        return await(() -> log.meet(name), deadline, "QEMU did not tell of " + name);
    }

    /**
     * Waits until kdive tells of something by itself: a notice, a stop that nobody waits for, the machine's end. Each line is met
     * once, with all before it. Throws TimedOut, Interrupted.
     */
    public String notice(Pattern pattern, Duration deadline) {
        return await(
                () -> {
                    if (session.state() instanceof Stop) {
                        session.hypervisor().lookAround();
                    }
                    return notices.meet(pattern);
                },
                deadline,
                "nothing was told that matches /%s/".formatted(pattern));
    }

    private <T> T await(Supplier<Optional<T>> meeting, Duration deadline, String otherwise) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<T> met = meeting.get();
            if (met.isPresent()) {
                return met.get();
            }
            session.checkInterrupt();
            if (System.nanoTime() - end > 0) {
                throw new SessionException(
                        "%s within %s".formatted(otherwise, said(deadline)), new SessionFailure.TimedOut(deadline));
            }
            control.attention()
                    .attendUntil(new CompletableFuture<Void>()
                            .completeOnTimeout(null, SLICE.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private static String said(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
