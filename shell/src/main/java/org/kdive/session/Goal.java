package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;

/**
 * What a resume is for. Its stoppoints are planted for this run alone; the run goes on past them until {@code reached}.
 *
 * @param command the user's verb, for the cause
 * @param findStep one instruction of one thread, not a run; or null
 * @param stoppoints planted beside the user's
 * @param reached asked with the registers of a stop at one of them
 */
record Goal(String command, @Nullable Step findStep, List<Stoppoint> stoppoints, Predicate<RegisterFile> reached) {
    Goal {
        stoppoints = List.copyOf(stoppoints);
    }

    /**
     * One instruction of a thread.
     *
     * @param before its registers; void once it moved, but for what was read of them then
     */
    record Step(ThreadId thread, RegisterFile before) {
        /** Whether no instruction seems to have been executed; one that jumps to itself cannot be told from none. */
        boolean isInVain(ThreadId stopped, RegisterFile now) {
            return thread.equals(stopped) && now.equalsAtStop(before);
        }
    }

    static Goal run() {
        return new Goal("continue", null, List.of(), registers -> false);
    }

    static Goal step(String command, Stop from) {
        return new Goal(command, new Step(from.thread(), from.registers()), List.of(), registers -> true);
    }

    static Goal until(String command, List<Long> addresses, Predicate<RegisterFile> reached) {
        List<Stoppoint> points = addresses.stream()
                .map(address -> new Stoppoint(Stoppoint.Kind.SOFTWARE, address, 1))
                .toList();
        return new Goal(command, null, points, reached);
    }

    Optional<Step> stepping() {
        return Optional.ofNullable(findStep);
    }

    /** Whether a trap of this thread ends it; a breakpoint on the way has been looked at before. */
    boolean isReached(ThreadId thread, RegisterFile registers) {
        return findStep != null ? findStep.thread().equals(thread) : isAt(registers.pc()) && reached.test(registers);
    }

    boolean isAt(long pc) {
        return stoppoints.stream().anyMatch(point -> point.address() == pc);
    }
}
