package org.kdive.session;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;

/**
 * One breakpoint or watchpoint of the user's; immutable, {@link Breakpoints} holds the current one.
 *
 * @param number gdb's number, from 1
 * @param location as typed
 * @param condition an expression that must be true to stop, or null for none
 * @param addresses run-time virtual; empty while the symbol's address is not known yet
 * @param lengthBytes of the watched range; 1 for a breakpoint
 * @param hits stops so far, the ignored ones included
 * @param ignores hits still to be ignored
 */
public record Breakpoint(
        int number,
        Stoppoint.Kind kind,
        String location,
        @Nullable String condition,
        boolean temporary,
        boolean enabled,
        List<Long> addresses,
        long lengthBytes,
        int hits,
        int ignores) {

    public Breakpoint {
        addresses = List.copyOf(addresses);
    }

    public Optional<String> findCondition() {
        return Optional.ofNullable(condition);
    }

    public boolean isWatchpoint() {
        return switch (kind) {
            case SOFTWARE, HARDWARE -> false;
            case WRITE, READ, ACCESS -> true;
        };
    }

    /** True while no address is known. */
    public boolean isPending() {
        return addresses.isEmpty();
    }

    /** gdb's word for it in {@code info breakpoints}. */
    public String type() {
        return switch (kind) {
            case SOFTWARE -> "breakpoint";
            case HARDWARE -> "hw breakpoint";
            case WRITE -> "hw watchpoint";
            case READ -> "read watchpoint";
            case ACCESS -> "acc watchpoint";
        };
    }

    Breakpoint withAddresses(List<Long> known) {
        return new Breakpoint(number, kind, location, condition, temporary, enabled, known, lengthBytes, hits, ignores);
    }

    Breakpoint withEnabled(boolean value) {
        return new Breakpoint(
                number, kind, location, condition, temporary, value, addresses, lengthBytes, hits, ignores);
    }

    Breakpoint withCondition(@Nullable String value) {
        return new Breakpoint(number, kind, location, value, temporary, enabled, addresses, lengthBytes, hits, ignores);
    }

    Breakpoint withIgnores(int value) {
        return new Breakpoint(
                number, kind, location, condition, temporary, enabled, addresses, lengthBytes, hits, value);
    }

    Breakpoint hit() {
        return new Breakpoint(
                number,
                kind,
                location,
                condition,
                temporary,
                enabled,
                addresses,
                lengthBytes,
                hits + 1,
                Math.max(0, ignores - 1));
    }
}
