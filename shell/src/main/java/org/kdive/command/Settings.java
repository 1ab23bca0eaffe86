package org.kdive.command;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** What {@code set} sets of the language itself. Session thread. */
public final class Settings {
    private @Nullable Duration timeout; // null: wait for ever, as a person at a prompt does
    private Set<ContextView.Part> context = Set.of(); // nothing where nobody looks
    private Consumer<Map<String, String>> keeper = Settings::keepsNothing;

    /** How long a verb waits for the guest; empty: until it stops. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    public void timeout(@Nullable Duration value) {
        timeout = value;
    }

    /**
     * For somebody who looks: all that surrounds a stop is shown.
     *
     * @param options keeps options, by name, for the prompts to come
     */
    public Settings attended(Consumer<Map<String, String>> options) {
        context = ContextView.parts("on");
        keeper = options;
        return this;
    }

    /** Keeps options for the prompts to come. Throws Unsupported where nobody does. */
    void keep(Map<String, String> options) {
        keeper.accept(options);
    }

    private static void keepsNothing(Map<String, String> options) {
        throw new SessionException(
                "set save: only a prompt at a terminal keeps options", new SessionFailure.Unsupported("set save"));
    }

    Set<ContextView.Part> context() {
        return context;
    }

    void context(Set<ContextView.Part> parts) {
        context = parts;
    }
}
