package org.kdive.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.RspState;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.Machine;

/**
 * The one owner of the run state: it resumes, it hears of stops from both protocols, and it decides which of them the
 * user sees. Session thread, but for {@link #interrupt} and {@link #post}.
 */
final class RunControl {
    private final Target target;
    private final Breakpoints breakpoints;
    private final SlideSearch slide;
    private final StopInference inference;
    private final Reconciler reconciler;
    private final Planting planting;
    private final PanicDesk panics;
    private final HangWatch hangs;
    private final Notices notices;
    private final RunState state;
    private final Happenings happenings;
    private final Attention attention;
    private final Resumption resumption;
    private final Leaving leaving;

    private Goal goal = Goal.run();
    private Consumer<Stop> afterAccident = stop -> {};
    private boolean quietStopAsked; // by ourselves: nobody should see that stop
    private volatile boolean interruptAsked;

    RunControl(Target target, SlideSearch slide, Workbench bench) {
        SessionThread thread = bench.thread();
        this.target = target;
        this.breakpoints = bench.breakpoints();
        this.slide = slide;
        this.notices = bench.notices();
        this.state = new RunState(this, target);
        this.planting = new Planting(target.stub(), breakpoints, notices);
        this.panics = new PanicDesk(target, bench.vigil());
        this.hangs = new HangWatch(target, this, bench);
        this.inference = new StopInference(target, breakpoints, planting, slide, panics, notices);
        this.reconciler = new Reconciler(this, target, slide, notices);
        this.happenings = new Happenings(thread, this::handleUnattended);
        this.resumption = new Resumption(target, happenings, bench.scheduling());
        this.leaving = new Leaving(this, target, planting, resumption);
        this.attention = new Attention(thread, state, resumption, happenings, this::handle, reconciler::stubIsSilent);
        target.stub().onUnsolicitedStop(reply -> happenings.post(new Happening.StoppedUnasked(reply)));
    }

    SessionState state() {
        return state.now();
    }

    /** Whether the guest has been resumed at all. */
    boolean hasRun() {
        return resumption.number() > 0;
    }

    /** What the guest runs for. */
    Goal goal() {
        return goal;
    }

    Stop requireStop() {
        return state.requireStop();
    }

    boolean isCurrent(long stopNumber) {
        return state.isCurrent(stopNumber);
    }

    /** The guest is known to be stopped, and why: after a boot, an attach, a reset, a snapshot. */
    Stop stoppedBy(Cause cause, ThreadId thread) {
        return stoppedBy(cause, thread, Aftermath.NONE);
    }

    Stop stoppedBy(Cause cause, ThreadId thread, Aftermath aftermath) {
        target.modules().stopped();
        target.machine().ifPresent(Machine::markRestarts);
        target.recorded().arrived();
        return state.stopped(cause, thread, aftermath);
    }

    /** What follows from a stop that is an accident of the guest's. */
    void whenAccident(Consumer<Stop> listener) {
        afterAccident = listener;
    }

    Planting planting() {
        return planting;
    }

    boolean isInterruptAsked() {
        return interruptAsked;
    }

    void forgetInterrupt() {
        interruptAsked = false;
    }

    /** Another thread of the same stop becomes the current one. */
    Stop select(ThreadId thread) {
        return state.select(thread);
    }

    /** Plants what should be planted and lets the guest run, or step. The present stop is stale from here on. */
    Running resume(Goal purpose) {
        Stop stop = requireStop();
        target.recorded().requireMore();
        interruptAsked = false;
        goal = purpose;
        hangs.begins(stop.cause(), goal.stepping().isEmpty() && !resumption.holdsOthers());
        plant();
        if (goal.stepping().isPresent()) {
            resumption.chooseStepInterrupts();
            leaving.step(stop);
        } else {
            leaving.run(stop);
        }
        return state.running();
    }

    /** Lets the guest run on from another place, where a breakpoint stops it at once. */
    Running resumeAt(long pc) {
        Stop stop = requireStop();
        ThreadId thread = stop.thread();
        interruptAsked = false;
        goal = Goal.run();
        target.registers(thread).writePc(pc);
        hangs.begins(stop.cause(), !resumption.holdsOthers());
        plant();
        go(resumption.run(thread));
        return state.running();
    }

    /** Tells the stub what a step lets in, now or when the guest has stopped. Throws Unsupported. */
    void chooseStepInterrupts() {
        if (state.now() instanceof Stop) {
            resumption.chooseStepInterrupts();
        }
    }

    /** A step that nobody should see, the others held; its end, empty if the target is gone. */
    Optional<StopReply> stepQuietly(ThreadId thread) {
        go(Resume.step(thread));
        return nextReply();
    }

    /** Such a step ended; an interrupt that was asked for meanwhile is this stop. */
    Stop steppedOff(ThreadId thread) {
        return stoppedBy(interruptAsked ? new Cause.Interrupted() : new Cause.Arrived("stepi"), thread);
    }

    /**
     * Lets a watched access happen that the guest stopped before. Else it would stop there for ever; and who looks wants
     * to see what was written.
     */
    private Optional<StopReply> finishAccess(ThreadId thread) {
        planting.removeWatchpoints();
        return stepQuietly(thread);
    }

    void go(Resume how) {
        target.recorded().clock().resumes(planting.isWatching(), happenings);
        hangs.resumes(slide.isSettled());
        state.runs();
        resumption.go(how);
        if (interruptAsked) {
            askToStop(); // asked for between the last stop and this resume
        }
    }

    /** Waits for the reply to the present resume alone, handling all else that comes. Empty if the target is gone. */
    private Optional<StopReply> nextReply() {
        while (state.isRunning()) {
            Happening happening = attention.next();
            if (happening instanceof Happening.StopReported report && resumption.isThis(report.resume())) {
                return Optional.of(report.reply());
            }
            handle(happening);
        }
        return Optional.empty();
    }

    void plant() {
        if (planting.isImpossible(goal.stoppoints())) {
            return;
        }
        List<Stoppoint> besides = new ArrayList<>(goal.stoppoints());
        besides.addAll(slide.stoppoints());
        besides.addAll(target.modules().stoppoints(breakpoints, slide.isSettled()));
        besides.addAll(target.initMemory().stoppoints(breakpoints, slide.isSettled()));
        besides.addAll(panics.stoppoints(slide.isSettled()));
        planting.plant(besides);
    }

    /** Blocks until the user should see a stop; empty at the deadline, and then the guest runs on. */
    Optional<Stop> await(Duration deadline) {
        return attention.awaitStop(deadline) ? Optional.of(requireStop()) : Optional.empty();
    }

    /** Who hears what happens, and waits for it. */
    Attention attention() {
        return attention;
    }

    /** Hears all that has come so far. */
    void catchUp() {
        happenings.rest().forEach(this::handle);
    }

    /** Something in the guest hangs. */
    void hung(Cause.Hung hang) {
        reconciler.hung(hang);
    }

    /** From any thread: something happened. */
    void post(Happening happening) {
        happenings.post(happening);
    }

    /** From any thread. */
    void interrupt() {
        interruptAsked = true;
        askToStop();
        attention.expectReport();
    }

    private void handleUnattended(Happening happening) {
        try {
            handle(happening);
        } catch (SessionException e) {
            notices.notice("%s", String.valueOf(e.getMessage()));
        }
    }

    /** Throws TimedOut when QEMU lives and does not answer; it is looked after all the same. */
    private void onFailure(Throwable why) {
        if (target.stub().state() == RspState.CLOSED) {
            end(target.explainEnd().orElseGet(() -> String.valueOf(why.getMessage())));
            return;
        }
        resumption.begunElsewhere();
        attention.expectReport();
        throw Lateness.ofRun(why);
    }

    private void askToStop() {
        if (target.recorded().isReplay()) {
            happenings.post(new Happening.WaypointDue()); // it is halted by number, soon
        } else {
            target.stub().interrupt();
        }
    }

    private void handle(Happening happening) {
        if (happening instanceof Happening.StopReported report) {
            if (resumption.isThis(report.resume()) && state.isRunning()) {
                onStop(report.reply());
            }
        } else if (happening instanceof Happening.StoppedUnasked report) {
            if (state.isRunning() && resumption.isElsewhere()) {
                target.stub().stoppedElsewhere(); // it may have been told of the run after it heard of the stop
                onStop(report.reply());
            }
        } else if (happening instanceof Happening.ResumeFailed failed) {
            if (resumption.isThis(failed.resume()) && state.isRunning()) {
                onFailure(failed.why());
            }
        } else if (happening instanceof Happening.Gone gone) {
            end(gone.how());
        } else if (happening instanceof Happening.Qmp qmp) {
            reconciler.onEvent(qmp.event());
        } else if (happening instanceof Happening.WaypointDue) {
            lookAfterReplay();
        } else if (happening instanceof Happening.Errand errand) {
            errand.work().run();
        }
    }

    private void lookAfterReplay() {
        try {
            if (state.isRunning()) {
                target.recorded().clock().look(happenings, interruptAsked);
            }
        } catch (SessionException e) {
            if (attention.isAwaited()) {
                throw e;
            }
            end(e.getMessage() + "; replay starts it anew");
        }
    }

    void onStop(StopReply reply) {
        if (inference.knowsAccess(reply)
                && target.stopsBeforeAccess()
                && leaving.isBeforeAccess(resumption.whoStopped(reply))
                && finishAccess(resumption.whoStopped(reply)).isEmpty()) {
            return; // the target is gone: the state says so
        }
        target.stopped();
        reconciler.onStop();
        if (goal.stepping().isEmpty()) {
            BreakpointTrap.putBack(target, planting, reply, resumption.whoStopped(reply));
        }
        StopInference.Verdict verdict = inference.infer(reply, goal, interruptAsked, reconciler.lastWord());
        ThreadId where = verdict.where(resumption.whoStopped(reply));
        boolean lateStep = resumption.isLateStep(reply);
        boolean quiet = (quietStopAsked || lateStep)
                && verdict.cause()
                        .filter(Cause.StoppedElsewhere.class::isInstance)
                        .isPresent();
        quietStopAsked = false;
        if (verdict.cause().isPresent() && !quiet) {
            end(verdict.cause().get(), where, verdict.aftermath());
            return;
        }
        Stop hidden = state.stopped(new Cause.Arrived(goal.command()), where, Aftermath.NONE);
        plant();
        Optional<Goal.Step> stepping = goal.stepping();
        if (stepping.isEmpty()) {
            leaving.run(hidden);
        } else if (leaving.stepAgain(stepping.get(), hidden)) {
            end(new Cause.Arrived(goal.command()), stepping.get().thread(), Aftermath.NONE);
        }
    }

    private void end(Cause cause, ThreadId where, Aftermath aftermath) {
        Stop stop = stoppedBy(cause, where, aftermath);
        if (cause.isAccident()) {
            afterAccident.accept(stop);
        }
        interruptAsked = false;
        goal = Goal.run();
        if (!attention.isAwaited()) {
            notices.stopped(stop);
        }
    }

    /** The debugger goes; what it planted in somebody else's machine goes too. */
    void leave(boolean running) {
        new Departure(this, target, planting, resumption).leave(running, notices);
        state.ended("the session left this target");
    }

    /** Stops a guest that was reset under us, so that what is planted can follow the symbols. */
    void stopQuietly() {
        quietStopAsked = true;
        target.stub().interrupt();
    }

    /** Somebody else resumed the guest. */
    void resumedElsewhere() {
        target.invalidate();
        target.stub().resumedElsewhere();
        state.runs();
        resumption.begunElsewhere();
        attention.expectReport(); // it may have stopped while we asked
        if (planting.isStale()) {
            stopQuietly(); // a breakpoint that was set at the stop would be run past
        }
    }

    /** QMP says that the guest is stopped, and the stub has not said it. */
    void stoppedSilently() {
        target.stub().stoppedElsewhere();
        if (resumption.isElsewhere() && state.isRunning()) {
            onStop(reconciler.silentStop(planting));
        }
    }

    /** The target is gone, once and for all. */
    void end(String how) {
        if (!(state.now() instanceof SessionState.Ended)) {
            String told = reconciler.ending(how, happenings);
            state.ended(told);
            notices.ended(told);
        }
    }
}
