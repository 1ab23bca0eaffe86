package org.kdive.command;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code set} sets of the language itself. Session thread. */
public final class Settings {
    private @Nullable Duration timeout; // null: wait for ever, as a person at a prompt does

    /** How long a verb waits for the guest; empty: until it stops. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    public void timeout(@Nullable Duration value) {
        timeout = value;
    }
}
