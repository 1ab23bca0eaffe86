package org.kdive.session;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.Console;
import org.kdive.machine.ConsoleMatch;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineFailure;

/** The guest's serial line as a session uses it. Session thread, but for {@link #cancel}. */
public final class ConsoleDesk {
    /** How soon an expectation notices that nobody wants it any more. */
    private static final Duration SLICE = Duration.ofMillis(100);

    private final Notices notices;
    private @Nullable Console console; // null: no machine of ours
    private Console.@Nullable Subscription subscription; // null: the same
    private boolean replayed; // what the guest reads comes from a log
    private volatile boolean cancelled;

    ConsoleDesk(Notices notices) {
        this.notices = notices;
    }

    void watch(Console watched, boolean isReplay) {
        replayed = isReplay;
        console = watched;
        LastWords lastWords = new LastWords(words -> notices.notice("%s", words));
        subscription = watched.subscribe(output -> {
            notices.console(output);
            lastWords.heard(output);
        });
    }

    void unwatch() {
        if (subscription != null) {
            subscription.close();
        }
        console = null;
        subscription = null;
    }

    /** Any thread: ends the expectations that wait now. */
    void cancel() {
        cancelled = true;
    }

    void expectAgain() {
        cancelled = false;
    }

    /** Types into the guest. */
    public void send(byte[] bytes) {
        if (replayed) {
            throw new SessionException(
                    "send: in a replay the guest hears what it heard when it was recorded",
                    new SessionFailure.Unsupported("send"));
        }
        require().send(bytes);
    }

    /** What the guest wrote, as far back as it is kept. */
    public byte[] history() {
        return require().history();
    }

    /**
     * Waits for the guest to write this; each text is matched once. Throws TimedOut, Interrupted and the machine's
     * ConsoleClosed. Any thread but the session's, which has the run state to look after meanwhile.
     */
    ConsoleMatch expect(Pattern pattern, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<ConsoleMatch> match = within(pattern, SLICE);
            if (match.isPresent()) {
                return match.get();
            }
            if (cancelled) {
                throw new SessionException("expect console: interrupted", new SessionFailure.Interrupted());
            }
            if (System.nanoTime() - end > 0) {
                throw new SessionException(
                        "the console did not say /%s/ within %d s".formatted(pattern, deadline.toSeconds()),
                        new SessionFailure.TimedOut(deadline));
            }
        }
    }

    private Optional<ConsoleMatch> within(Pattern pattern, Duration slice) {
        try {
            return Optional.of(require().expect(pattern, slice));
        } catch (MachineException e) {
            if (e.failure() instanceof MachineFailure.ConsoleTimedOut) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Console require() {
        Console current = console;
        if (current == null) {
            throw new SessionException(
                    "no console: this machine was not booted by kdive", new SessionFailure.NoTarget());
        }
        return current;
    }
}
