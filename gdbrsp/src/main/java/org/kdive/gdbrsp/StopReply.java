package org.kdive.gdbrsp;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the stub said when the target stopped; nothing inferred. QEMU does not say which breakpoint was hit. */
public sealed interface StopReply {
    /**
     * Stopped, from {@code T} or {@code S}. QEMU: 5 a breakpoint, watchpoint or step; 2 paused; 3 shut down.
     *
     * @param stopped null when the stub named no thread
     * @param registers what came along, by register number, in target order
     * @param others pairs that have no place of their own, such as {@code core}
     */
    record Signal(
            int number,
            @Nullable ThreadId stopped,
            Reason reason,
            Map<Integer, byte[]> registers,
            Map<String, String> others)
            implements StopReply {
        public Signal {
            registers = Map.copyOf(registers);
            others = Map.copyOf(others);
        }

        @Override
        public Optional<ThreadId> thread() {
            return Optional.ofNullable(stopped);
        }
    }

    /** {@code W}: the process, or the whole machine, is gone. */
    record Exited(int status) implements StopReply {}

    /** {@code X}: ended by a signal. */
    record Killed(int signal) implements StopReply {}

    /** The target is known to have stopped from elsewhere; the stub said nothing (QEMU 8.1 and later). */
    record NotReported() implements StopReply {}

    /** The thread that stopped, where the stub named one. */
    default Optional<ThreadId> thread() {
        return Optional.empty();
    }

    /** Why, where the stub said more than a signal. */
    sealed interface Reason {
        /** A signal and no more. */
        record None() implements Reason {}

        /**
         * A watchpoint.
         *
         * @param address as the stub gave it: QEMU gives the beginning of the region watched, not the byte written
         */
        record Watchpoint(Stoppoint.Kind kind, long address) implements Reason {}

        record SoftwareBreakpoint() implements Reason {}

        record HardwareBreakpoint() implements Reason {}

        /** The recording has no more in this direction. */
        record ReplayLogEnd(boolean atBeginning) implements Reason {}

        /** Process events of gdbserver: {@code fork}, {@code vfork}, {@code vforkdone}, {@code exec}, {@code clone}. */
        record ProcessEvent(String name, String value) implements Reason {}

        /** The list of loaded libraries changed. */
        record Libraries() implements Reason {}
    }
}
