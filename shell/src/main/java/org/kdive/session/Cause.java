package org.kdive.session;

import java.util.List;

/** Why the guest stopped: inferred once, from the stop reply, the PC and kdive's own table. QEMU does not say it. */
public sealed interface Cause {
    /** One line for people, without the place. */
    String describe();

    /** Before the first instruction of a boot or after a reset. */
    record Start() implements Cause {
        @Override
        public String describe() {
            return "Stopped before the first instruction";
        }
    }

    /** Of the user's breakpoints at the PC those whose conditions held, ascending. */
    record BreakpointHit(List<Integer> numbers, boolean temporary) implements Cause {
        public BreakpointHit {
            numbers = List.copyOf(numbers);
        }

        @Override
        public String describe() {
            String which =
                    String.join(", ", numbers.stream().map(String::valueOf).toList());
            return (temporary ? "Temporary breakpoint " : "Breakpoint ") + which;
        }
    }

    /** Access is gdb's type of the watchpoint; the address is where the watched range begins. */
    record WatchpointHit(int number, String access, long address) implements Cause {
        @Override
        public String describe() {
            return "Watchpoint %d (%s at 0x%x)".formatted(number, access, address);
        }
    }

    /** A step, next, finish, until or advance arrived. */
    record Arrived(String command) implements Cause {
        @Override
        public String describe() {
            return "";
        }
    }

    /** Ctrl-C or {@code interrupt}. */
    record Interrupted() implements Cause {
        @Override
        public String describe() {
            return "Interrupted";
        }
    }

    /** The guest's kernel panicked and said so through pvpanic. */
    record Panicked() implements Cause {
        @Override
        public String describe() {
            return "The guest panicked";
        }
    }

    /** The guest shut down; the machine is still there to look at. */
    record ShutDown(String reason) implements Cause {
        @Override
        public String describe() {
            return "The guest shut down (" + reason + ")";
        }
    }

    /** Somebody else stopped it: a second monitor, the machine itself. Status is QMP's run state, or the signal. */
    record StoppedElsewhere(String status) implements Cause {
        @Override
        public String describe() {
            return "Stopped from outside (" + status + ")";
        }
    }

    /** It was already stopped when kdive attached. */
    record Attached() implements Cause {
        @Override
        public String describe() {
            return "Attached";
        }
    }

    /** A snapshot was loaded. */
    record Restored(String snapshot) implements Cause {
        @Override
        public String describe() {
            return "Restored snapshot " + snapshot;
        }
    }
}
