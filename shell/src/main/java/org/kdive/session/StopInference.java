package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.ThreadId;

/** Decides, once per stop reply, what the stop was and whether the user sees it. Session thread. */
final class StopInference {
    private final Target target;
    private final Breakpoints breakpoints;
    private final SlideSearch slide;
    private final Notices notices;

    StopInference(Target target, Breakpoints breakpoints, SlideSearch slide, Notices notices) {
        this.target = target;
        this.breakpoints = breakpoints;
        this.slide = slide;
        this.notices = notices;
    }

    /** Empty cause: the guest is to go on. */
    record Verdict(Optional<Cause> cause) {
        static final Verdict GO_ON = new Verdict(Optional.empty());

        static Verdict stop(Cause cause) {
            return new Verdict(Optional.of(cause));
        }
    }

    ThreadId threadOf(StopReply reply) {
        return reply.thread().orElseGet(target::firstThread);
    }

    /** A step that ended where it should, with nothing else to report. */
    boolean isPlainStep(StopReply reply) {
        return Replies.isTrap(reply) && Replies.watched(reply).isEmpty();
    }

    /**
     * @param interrupted whether the user asked for this stop
     * @param lastWord what QMP had to say about it, or null
     */
    Verdict infer(StopReply reply, Goal goal, boolean interrupted, @Nullable Cause lastWord) {
        if (Replies.watched(reply).isPresent()) {
            return watch(reply, Replies.watched(reply).getAsLong());
        }
        if (Replies.isTrap(reply)) {
            return trap(reply, goal, interrupted);
        }
        if (lastWord != null) {
            return Verdict.stop(lastWord);
        }
        return interrupted ? Verdict.stop(new Cause.Interrupted()) : fromOutside(reply);
    }

    private Verdict watch(StopReply reply, long address) {
        if (slide.isMine(reply)) {
            slide.onReached(threadOf(reply));
            return Verdict.GO_ON;
        }
        Optional<Breakpoint> watchpoint = breakpoints.watching(address);
        if (watchpoint.isEmpty()) {
            return Verdict.stop(new Cause.StoppedElsewhere("watchpoint of somebody else at 0x%x".formatted(address)));
        }
        return count(watchpoint.get(), threadOf(reply))
                ? Verdict.stop(new Cause.WatchpointHit(
                        watchpoint.get().number(), watchpoint.get().type(), address))
                : Verdict.GO_ON;
    }

    private Verdict trap(StopReply reply, Goal goal, boolean interrupted) {
        ThreadId thread = threadOf(reply);
        RegisterFile registers = target.registers(thread);
        slide.passes(thread, registers.pc());
        target.modules().passes(registers);
        List<Integer> stopped = new ArrayList<>();
        boolean temporary = false;
        List<Breakpoint> here = breakpoints.at(registers.pc());
        for (Breakpoint breakpoint : here) {
            if (count(breakpoint, thread)) {
                stopped.add(breakpoint.number());
                temporary |= breakpoint.temporary();
                if (breakpoint.temporary()) {
                    breakpoints.delete(breakpoint.number());
                }
            }
        }
        if (!stopped.isEmpty()) {
            return Verdict.stop(new Cause.BreakpointHit(stopped, temporary));
        }
        if (goal.step() || goal.isAt(registers.pc()) && goal.reached().test(registers)) {
            return Verdict.stop(new Cause.Arrived(goal.command()));
        }
        if (interrupted) {
            return Verdict.stop(new Cause.Interrupted());
        }
        boolean ours = !here.isEmpty() || breakpoints.isPlantedAt(registers.pc());
        return ours ? Verdict.GO_ON : Verdict.stop(new Cause.StoppedElsewhere("trap at a place kdive did not ask for"));
    }

    /** Counts a hit; true when its condition and its ignore count let it stop. */
    private boolean count(Breakpoint breakpoint, ThreadId thread) {
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
                    "error in the condition of breakpoint %d: %s", breakpoint.number(), String.valueOf(e.getMessage()));
            return true;
        }
    }

    private Verdict fromOutside(StopReply reply) {
        return Verdict.stop(new Cause.StoppedElsewhere(target.runState().orElse(reply.toString())));
    }
}
