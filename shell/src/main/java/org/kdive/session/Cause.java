package org.kdive.session;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.linux.Oops;
import org.kdive.session.expression.Value;

/** Why the guest stopped: inferred once, from the stop reply, the PC and kdive's own table. QEMU does not say it. */
public sealed interface Cause {
    /** One line for people, without the place. */
    String describe();

    /** Whether the kernel has met with one, and what it is like now is worth keeping. */
    default boolean isAccident() {
        return false;
    }

    /** The CPU that it is about, whichever happened to stop first; empty when that one is as good as any. */
    default Optional<ThreadId> about() {
        return Optional.empty();
    }

    /** Why a guest is stopped that nobody here has stopped: QMP's word for its run state. QEMU, qapi/run-state.json. */
    static Cause ofRunState(String status) {
        return switch (status) {
            case "watchdog" -> new WatchdogExpired();
            case "guest-panicked" -> new Panicked("", Optional.empty());
            case "finish-migrate", "postmigrate" -> new MigratedAway();
            case "shutdown" -> new ShutDown(status);
            case "restore-vm" -> new StoppedElsewhere("restore-vm: a snapshot could not be loaded");
            default -> new StoppedElsewhere(status);
        };
    }

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

    /** A catchpoint: what the kernel does, in words. */
    record Caught(int number, boolean temporary, String what) implements Cause {
        @Override
        public String describe() {
            return "%s %d (%s)".formatted(temporary ? "Temporary catchpoint" : "Catchpoint", number, what);
        }
    }

    /** Memory was accessed that somebody watches; one entry for each watchpoint, ascending. */
    record WatchpointHit(List<Watched> hits) implements Cause {
        public WatchpointHit {
            hits = List.copyOf(hits);
        }

        @Override
        public String describe() {
            return String.join("; ", hits.stream().map(Watched::title).toList());
        }
    }

    /**
     * What one watchpoint saw.
     *
     * @param before what was there when it was last looked at; empty if it could not be read
     * @param now what is there; empty if it cannot be read
     */
    record Watched(int number, Stoppoint.Kind access, String expression, Optional<Value> before, Optional<Value> now) {
        public String title() {
            return title(access, number, expression);
        }

        /** As gdb says it. */
        public static String title(Stoppoint.Kind access, int number, String expression) {
            String kind = switch (access) {
                case READ -> "read watchpoint";
                case ACCESS -> "access (read/write) watchpoint";
                case WRITE, SOFTWARE, HARDWARE -> "watchpoint";
            };
            return "Hardware %s %d: %s".formatted(kind, number, expression);
        }

        /** True as well when either is not known. */
        public boolean isChanged() {
            return before.isEmpty()
                    || now.isEmpty()
                    || !Arrays.equals(before.get().bytes(), now.get().bytes());
        }
    }

    /** A step, next, finish, until or advance arrived. */
    record Arrived(String command) implements Cause {
        @Override
        public String describe() {
            return "";
        }
    }

    /** A replay is at the end of its recording, or at the beginning. */
    record NoMoreHistory(boolean atEnd) implements Cause {
        @Override
        public String describe() {
            return "No more history: the recording %s here".formatted(atEnd ? "ends" : "begins");
        }
    }

    /** Ctrl-C or {@code interrupt}. */
    record Interrupted() implements Cause {
        @Override
        public String describe() {
            return "Interrupted";
        }
    }

    /**
     * The guest's kernel gave up.
     *
     * @param words what it said; "" when only pvpanic told of it
     * @param told what its log tells of it; empty when that cannot be read
     */
    record Panicked(String words, Optional<Oops> told) implements Cause {
        @Override
        public String describe() {
            return words.isEmpty() ? "The guest panicked" : "Kernel panic: " + words;
        }

        @Override
        public boolean isAccident() {
            return !words.isEmpty(); // pvpanic's word comes when all is over
        }
    }

    /** The guest's kernel met an error of its own and has told of it; it may go on without the task. */
    record Oopsed(Optional<Oops> told) implements Cause {
        @Override
        public String describe() {
            return told.map(oops -> "Kernel oops: " + oops.headline()).orElse("Kernel oops");
        }

        @Override
        public boolean isAccident() {
            return true;
        }
    }

    /**
     * Something in the guest's kernel hangs: a CPU or a task.
     *
     * @param words the kernel's, or kdive's where the kernel says nothing
     */
    record Hung(String words, Optional<ThreadId> about) implements Cause {
        @Override
        public String describe() {
            return "The kernel hangs: " + words;
        }

        @Override
        public boolean isAccident() {
            return true;
        }
    }

    /** The processor could not deliver an exception and reset the machine; {@code where} it was is in words. */
    record TripleFaulted(String where) implements Cause {
        @Override
        public String describe() {
            return "Triple fault: the processor could deliver no exception at %s; the machine has reset"
                    .formatted(where);
        }

        /** The registers are those after the reset, but RAM is as it was. */
        @Override
        public boolean isAccident() {
            return true;
        }
    }

    /** The guest shut down; the machine is still there to look at. */
    record ShutDown(String reason) implements Cause {
        @Override
        public String describe() {
            return "The guest shut down (" + reason + ")";
        }
    }

    /** A watchdog device that nobody wound up, told to pause the guest. */
    record WatchdogExpired() implements Cause {
        @Override
        public String describe() {
            return "The guest's watchdog expired";
        }
    }

    /** The guest's state was sent elsewhere; what is left here stands still. */
    record MigratedAway() implements Cause {
        @Override
        public String describe() {
            return "The guest was migrated away; continue lets this copy run on";
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

    /** The machine and the debugger went back to a checkpoint. */
    record Rewound(String checkpoint) implements Cause {
        @Override
        public String describe() {
            return "Rewound to " + checkpoint;
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
