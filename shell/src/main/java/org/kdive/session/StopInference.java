package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.session.expression.Scope;
import org.kdive.session.expression.Value;

/** Decides, once per stop reply, what the stop was and whether the user sees it. Session thread. */
final class StopInference {
    private final Target target;
    private final Breakpoints breakpoints;
    private final Planting planting;
    private final WatchedValues watched;
    private final SlideSearch slide;
    private final PanicDesk panics;
    private final Notices notices;

    StopInference(
            Target target,
            Breakpoints breakpoints,
            Planting planting,
            SlideSearch slide,
            PanicDesk panics,
            Notices notices) {
        this.panics = panics;
        this.target = target;
        this.breakpoints = breakpoints;
        this.planting = planting;
        this.watched = new WatchedValues(target);
        this.slide = slide;
        this.notices = notices;
    }

    /** Empty cause: the guest is to go on. */
    record Verdict(Optional<Cause> cause, Aftermath aftermath) {
        static final Verdict GO_ON = new Verdict(Optional.empty(), Aftermath.NONE);

        /** The thread that the user is shown, when this one stopped. */
        ThreadId where(ThreadId stopped) {
            return cause.flatMap(Cause::about).orElse(stopped);
        }

        static Verdict stop(Cause cause) {
            return new Verdict(Optional.of(cause), Aftermath.NONE);
        }
    }

    private ThreadId threadOf(StopReply reply) {
        return reply.thread().orElseGet(target::firstThread);
    }

    /** A step that ended where it should, with nothing else to report. */
    static boolean isPlainStep(StopReply reply) {
        return Replies.isTrap(reply) && Replies.watched(reply).isEmpty();
    }

    /** Whether the stop is told to be for memory that is watched by us. */
    boolean knowsAccess(StopReply reply) {
        OptionalLong address = Replies.watched(reply);
        return address.isPresent()
                && (slide.isMine(reply)
                        || !breakpoints.watching(address.getAsLong()).isEmpty());
    }

    /**
     * @param interrupted whether the user asked for this stop
     * @param lastWord what QMP had to say about it, or null
     */
    Verdict infer(StopReply reply, Goal goal, boolean interrupted, @Nullable Cause lastWord) {
        target.recorded().clock().stopped();
        if (Replies.watched(reply).isPresent()) {
            if (slide.isMine(reply)) {
                slide.onReached(threadOf(reply));
                return Verdict.GO_ON;
            }
            return access(reply, Replies.watched(reply).getAsLong(), goal, interrupted);
        }
        if (Replies.isTrap(reply)) {
            return trap(reply, goal, interrupted)
                    .orElseGet(() -> stoppedElsewhere("trap at a place kdive did not ask for"));
        }
        if (lastWord != null) {
            return Verdict.stop(lastWord);
        }
        Optional<Cause> end = target.recorded().end();
        if (end.isPresent()) {
            return Verdict.stop(end.get());
        }
        if (target.recorded().clock().lays() && !interrupted) {
            // halted where a breakpoint stands it is not told of that, nor will it be
            boolean isPlanted = planting.isAt(target.registers(threadOf(reply)).pc());
            return (isPlanted ? trap(reply, goal, false) : Optional.<Verdict>empty()).orElse(Verdict.GO_ON);
        }
        return interrupted ? Verdict.stop(new Cause.Interrupted()) : fromOutside(reply);
    }

    /**
     * Of a machine of ours an address that nobody watches is no mistake: when two CPUs stop at once QEMU 7.2 tells of one, and
     * of the other's access at that one's next stop, whatever that is for, out of memory that it has given back meanwhile.
     */
    private Verdict access(StopReply reply, long address, Goal goal, boolean interrupted) {
        List<Breakpoint> told = breakpoints.watching(address);
        boolean isLate = told.isEmpty() && target.machine().isPresent();
        return watched(reply, isLate ? breakpoints.watchingWrites() : told)
                .or(() -> trap(reply, goal, interrupted))
                .orElseGet(() -> isLate || !told.isEmpty()
                        ? Verdict.GO_ON
                        : stoppedElsewhere("watchpoint of somebody else at 0x%x".formatted(address)));
    }

    private static Verdict stoppedElsewhere(String why) {
        return Verdict.stop(new Cause.StoppedElsewhere(why));
    }

    /** Empty when none of the user's watchpoints is hit. */
    private Optional<Verdict> watched(StopReply reply, List<Breakpoint> watching) {
        List<Breakpoint> stopped = new ArrayList<>();
        List<Cause.Watched> hits = new ArrayList<>();
        for (Breakpoint watchpoint : watching) {
            Cause.Watched seen = look(watchpoint, threadOf(reply));
            if (isMeant(seen, Replies.access(reply))
                    && count(breakpoints.require(watchpoint.number()), threadOf(reply))) {
                stopped.add(watchpoint);
                hits.add(seen);
                breakpoints.stopped(breakpoints.require(watchpoint.number()));
            }
        }
        return hits.isEmpty()
                ? Optional.empty()
                : Optional.of(new Verdict(Optional.of(new Cause.WatchpointHit(hits)), Aftermath.of(stopped)));
    }

    private Cause.Watched look(Breakpoint watchpoint, ThreadId thread) {
        Role.Watches watches = (Role.Watches) watchpoint.spec().role();
        Optional<Value> now = watched.read(watchpoint, thread);
        breakpoints.note(watchpoint.withSpec(watchpoint.spec().withRole(watches.withSeen(now.orElse(null)))));
        return new Cause.Watched(
                watchpoint.number(), watchpoint.spec().kind(), watchpoint.spec().words(), watches.findSeen(), now);
    }

    // as gdb: a write that changes nothing is nobody's, and what was written was not read
    private static boolean isMeant(Cause.Watched seen, Stoppoint.Kind reported) {
        return switch (seen.access()) {
            case WRITE -> seen.isChanged();
            case READ -> reported == Stoppoint.Kind.READ || reported == Stoppoint.Kind.ACCESS && !seen.isChanged();
            case ACCESS, SOFTWARE, HARDWARE -> true;
        };
    }

    /** Empty when nothing of kdive's is there. */
    private Optional<Verdict> trap(StopReply reply, Goal goal, boolean interrupted) {
        ThreadId thread = threadOf(reply);
        RegisterFile registers = target.registers(thread);
        if (!interrupted
                && goal.stepping()
                        .filter(step -> step.isInVain(thread, registers))
                        .isPresent()) {
            return Optional.of(Verdict.GO_ON);
        }
        slide.passes(thread, registers.pc());
        target.modules().passes(registers);
        target.initMemory().passes(registers.pc());
        Optional<Cause> accident = panics.at(thread, registers.pc());
        List<Breakpoint> stopped = new ArrayList<>();
        List<Breakpoint> here = breakpoints.at(registers.pc());
        Map<Integer, String> caught = new TreeMap<>();
        for (Breakpoint breakpoint : here) {
            if (isMeant(breakpoint, thread, caught) && count(breakpoints.require(breakpoint.number()), thread)) {
                if (breakpoint.spec().role() instanceof Role.Prints prints) {
                    print(breakpoint, prints, thread);
                } else if (!(breakpoint.spec().role() instanceof Role.Counts)) {
                    stopped.add(breakpoint);
                }
                breakpoints.stopped(breakpoints.require(breakpoint.number()));
            }
        }
        if (!stopped.isEmpty()) {
            return Optional.of(hit(stopped, caught));
        }
        if (accident.isPresent()) {
            return Optional.of(Verdict.stop(accident.get()));
        }
        if (goal.isReached(thread, registers)) {
            return Optional.of(Verdict.stop(new Cause.Arrived(goal.command())));
        }
        if (interrupted) {
            return Optional.of(Verdict.stop(new Cause.Interrupted()));
        }
        boolean ours = !here.isEmpty() || planting.isAt(registers.pc());
        return ours ? Optional.of(Verdict.GO_ON) : Optional.empty();
    }

    private void print(Breakpoint breakpoint, Role.Prints prints, ThreadId thread) {
        Scope scope = target.scope(thread);
        try {
            notices.printed(prints.printf()
                    .fill(text -> target.expression(text).evaluate(scope), target.memory(thread), target::describe));
        } catch (RuntimeException e) {
            notices.notice("dprintf %d: %s", breakpoint.number(), String.valueOf(e.getMessage()));
        }
    }

    /** A catchpoint is hit by some of the calls of its functions; what it says of one is put into {@code said}. */
    private boolean isMeant(Breakpoint breakpoint, ThreadId thread, Map<Integer, String> said) {
        if (!(breakpoint.spec().role() instanceof Role.Catches catches)) {
            return true;
        }
        Optional<String> told;
        try {
            told = catches.event().tell(new Caught(target, thread));
        } catch (RuntimeException e) {
            told = Optional.of(breakpoint.location() + ", " + e.getMessage()); // it did happen
        }
        breakpoints.learned(breakpoint, catches.event().learned());
        told.ifPresent(text -> said.put(breakpoint.number(), text));
        return told.isPresent();
    }

    private static Verdict hit(List<Breakpoint> stopped, Map<Integer, String> caught) {
        List<Integer> numbers = stopped.stream().map(Breakpoint::number).toList();
        boolean temporary = stopped.stream().anyMatch(Breakpoint::temporary);
        String said = caught.get(numbers.get(0));
        Cause cause = said == null
                ? new Cause.BreakpointHit(numbers, temporary)
                : new Cause.Caught(numbers.get(0), temporary, said);
        return new Verdict(Optional.of(cause), Aftermath.of(stopped));
    }

    /** Counts a hit; true when its condition and its ignore count let it stop. */
    private boolean count(Breakpoint breakpoint, ThreadId thread) {
        if (breakpoint.spec().thread() != 0 && breakpoint.spec().thread() != thread.thread()) {
            return false;
        }
        boolean holds = breakpoint
                .findCondition()
                .map(text -> holds(breakpoint, text, thread))
                .orElse(true);
        if (!holds) {
            return false;
        }
        boolean ignored = breakpoint.ignores() > 0;
        breakpoints.hit(breakpoint);
        return !ignored;
    }

    private boolean holds(Breakpoint breakpoint, String condition, ThreadId thread) {
        try {
            return target.expression(condition).isTrue(target.scope(thread));
        } catch (RuntimeException e) {
            // as gdb: a condition that cannot be evaluated stops, and says so
            notices.notice(
                    "Error in testing condition for breakpoint %d:\n%s",
                    breakpoint.number(), String.valueOf(e.getMessage()));
            return true;
        }
    }

    private Verdict fromOutside(StopReply reply) {
        return Verdict.stop(Cause.ofRunState(target.runState().orElse(reply.toString())));
    }
}
