package org.kdive.session;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;

/**
 * What the user asked for.
 *
 * @param kind what stands in the stub for it
 * @param location as typed; of a watchpoint the expression
 * @param condition an expression that must be true to stop, or null for none
 * @param thread the one that must be there to stop, gdb's number; 0 for any
 * @param lengthBytes of the watched range; 1 for a breakpoint
 */
public record BreakpointSpec(
        Stoppoint.Kind kind,
        Role role,
        String location,
        @Nullable String condition,
        int thread,
        Fate fate,
        long lengthBytes) {

    public static BreakpointSpec at(Stoppoint.Kind kind, String location) {
        return new BreakpointSpec(kind, new Role.Stops(), location, null, 0, Fate.KEEP, 1);
    }

    /** @param words what stood after {@code catch}. Throws Usage. */
    public static BreakpointSpec catching(String words) {
        Catch event = Catches.parse(words);
        return at(Stoppoint.Kind.SOFTWARE, event.words()).withRole(new Role.Catches(event));
    }

    /** The location as the user reads it: with gdb's word before what is watched where it is. */
    public String words() {
        return role instanceof Role.Watches watches && watches.placed() ? "-location " + location : location;
    }

    public Optional<String> findCondition() {
        return Optional.ofNullable(condition);
    }

    public boolean isWatchpoint() {
        return role instanceof Role.Watches;
    }

    /** gdb's word for it in {@code info breakpoints}. */
    public String type() {
        if (role instanceof Role.Catches) {
            return "catchpoint";
        }
        if (role instanceof Role.Prints) {
            return "dprintf";
        }
        if (role instanceof Role.Counts) {
            return "counter";
        }
        return switch (kind) {
            case SOFTWARE -> "breakpoint";
            case HARDWARE -> "hw breakpoint";
            case WRITE -> "hw watchpoint";
            case READ -> "read watchpoint";
            case ACCESS -> "acc watchpoint";
        };
    }

    public BreakpointSpec withCondition(@Nullable String value) {
        return new BreakpointSpec(kind, role, location, value, thread, fate, lengthBytes);
    }

    public BreakpointSpec withThread(int value) {
        return new BreakpointSpec(kind, role, location, condition, value, fate, lengthBytes);
    }

    public BreakpointSpec withFate(Fate value) {
        return new BreakpointSpec(kind, role, location, condition, thread, value, lengthBytes);
    }

    public BreakpointSpec withRole(Role value) {
        return new BreakpointSpec(kind, value, location, condition, thread, fate, lengthBytes);
    }

    BreakpointSpec withLength(long bytes) {
        return new BreakpointSpec(kind, role, location, condition, thread, fate, bytes);
    }
}
