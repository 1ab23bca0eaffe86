package org.kdive.command;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code set} sets of the language itself. Session thread. */
public final class Settings {
    private @Nullable Duration timeout; // null: wait for ever, as a person at a prompt does
    private Set<ContextView.Part> context = Set.of(); // nothing where nobody looks

    /** How long a verb waits for the guest; empty: until it stops. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    public void timeout(@Nullable Duration value) {
        timeout = value;
    }

    /** Shows all that surrounds a stop, for somebody who looks. */
    public Settings attended() {
        context = ContextView.parts("on");
        return this;
    }

    Set<ContextView.Part> context() {
        return context;
    }

    void context(Set<ContextView.Part> parts) {
        context = parts;
    }
}
