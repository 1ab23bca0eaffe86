package org.kdive.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.Console;

/** A guest that runs and has said nothing at all on its serial line: told once, with what may be the reason. Session thread. */
final class Silence {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Target target;
    private final Notices notices;
    private @Nullable Long since; // when it was let go, as System.nanoTime; null: it has spoken, or began elsewhere

    Silence(Target target, Notices notices) {
        this.target = target;
        this.notices = notices;
    }

    /** The guest is let go. */
    void begins(Cause from) {
        since = from instanceof Cause.Start && hasSaidNothing() ? System.nanoTime() : null;
    }

    private boolean hasSaidNothing() {
        return target.console().map(Console::position).filter(said -> said == 0).isPresent();
    }

    /** @param isUp whether the guest's kernel is seen at work */
    void look(boolean isUp) {
        if (since == null) {
            return;
        }
        if (!hasSaidNothing()) {
            since = null;
        } else if (System.nanoTime() - since > LONG.toNanos()) {
            since = null;
            notices.notice(
                    isUp
                            ? "The kernel runs and has said nothing on its serial line: it has no driver for it, or console= names"
                                    + " another, or it is told to be quiet. interrupt, then dmesg shows its log."
                            : "The guest has run for %d s and said nothing on its serial line; as far as can be seen its kernel is"
                                    + " not up. interrupt, then backtrace shows where it is; earlycon on the command line lets a"
                                    + " kernel speak sooner.",
                    LONG.toSeconds());
        }
    }
}
