package org.kdive.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;

/**
 * The one owner of the run state: it resumes, it hears of stops from both protocols, and it decides which of them the
 * user sees. Session thread, but for {@link #interrupt} and {@link #post}.
 */
final class RunControl {
    /** How long the stub may be behind QMP before it counts as silent: both sockets are local. */
    private static final Duration SILENCE = Duration.ofMillis(300);

    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final Target target;
    private final Breakpoints breakpoints;
    private final SlideSearch slide;
    private final StopInference inference;
    private final Reconciler reconciler;
    private final Stride stride;
    private final SessionThread thread;
    private final Notices notices;
    private final LinkedBlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final AtomicBoolean drainAsked = new AtomicBoolean(); // one errand for any number of happenings
    private final Running running = new Running(this);

    private SessionState state = new SessionState.Idle();
    private Goal goal = Goal.run();
    private volatile long
            resumes; // written by the session thread alone; numbers each resume, so that a late report of an earlier
    // one is known as such
    private long stops; // numbers each stop, so that a stop held across a resume is known as stale
    private boolean awaited;
    private final AtomicBoolean silenceTimed = new AtomicBoolean(); // a look at a stub that may stay silent is due
    private volatile long stopHeardIn; // the resume during which QMP last said STOP, or 0
    private volatile long stopHeardAt; // when, as System.nanoTime
    private boolean begunElsewhere; // the present run: no resume of ours will be told of its end
    private boolean quietStopAsked; // by ourselves: nobody should see that stop
    private volatile boolean interruptAsked;

    RunControl(Target target, Breakpoints breakpoints, SlideSearch slide, SessionThread thread, Notices notices) {
        this.target = target;
        this.breakpoints = breakpoints;
        this.slide = slide;
        this.thread = thread;
        this.notices = notices;
        this.inference = new StopInference(target, breakpoints, slide, notices);
        this.reconciler = new Reconciler(this, target, slide, notices);
        target.stub().onUnsolicitedStop(reply -> post(new Happening.StoppedUnasked(reply)));
        this.stride = new Stride(target);
    }

    SessionState state() {
        return state;
    }

    Stop requireStop() {
        if (state instanceof Stop stop) {
            return stop;
        }
        if (state instanceof Running) {
            throw new SessionException("the guest is running; interrupt stops it", new SessionFailure.GuestRunning());
        }
        if (state instanceof SessionState.Ended ended) {
            throw new SessionException(ended.how(), new SessionFailure.TargetGone(ended.how()));
        }
        throw noTarget();
    }

    static SessionException noTarget() {
        return new SessionException(
                "nothing is booted; boot KERNEL starts a machine, attach joins one", new SessionFailure.NoTarget());
    }

    boolean isCurrent(long stopNumber) {
        return state instanceof Stop && stopNumber == stops;
    }

    /** The guest is known to be stopped, and why: after a boot, an attach, a reset, a snapshot. */
    Stop stoppedBy(Cause cause, ThreadId thread) {
        target.modules().stopped();
        return present(cause, thread);
    }

    private Stop present(Cause cause, ThreadId thread) {
        Stop stop = new Stop(this, target, ++stops, thread, cause);
        state = stop;
        return stop;
    }

    /** Another thread of the same stop becomes the current one. */
    Stop select(ThreadId thread) {
        Stop stop = requireStop();
        state = new Stop(this, target, stops, thread, stop.cause());
        return requireStop();
    }

    /** Plants what should be planted and lets the guest run, or step. The present stop is stale from here on. */
    Running resume(Goal purpose) {
        Stop stop = requireStop();
        interruptAsked = false;
        goal = purpose;
        plant();
        if (goal.step()) {
            go(Resume.step(stop.thread()));
        } else {
            goFrom(stop);
        }
        return running;
    }

    /** Continues from a stop. The stub would hit a breakpoint at the PC again at once, so it is left behind first. */
    private void goFrom(Stop stop) {
        if (!breakpoints.isPlantedAt(stop.pc())) {
            go(Resume.continueAll());
        } else if (!target.isTcg()) {
            stepOffOverwritten(stop);
        } else if (stride.over(stop)) {
            go(Resume.continueAll());
        } else {
            go(Resume.stepThenContinue(stop.thread())); // TCG steps past a breakpoint at the PC by itself
        }
    }

    // KVM and KGDB overwrite the instruction: it is put back for the step
    private void stepOffOverwritten(Stop stop) {
        for (Stoppoint point : breakpoints.plantedAt(stop.pc())) {
            Waits.on(target.stub().remove(point), "remove " + point);
            breakpoints.unplanted(point);
        }
        go(Resume.step(stop.thread()));
        Optional<StopReply> reply = nextReply();
        if (reply.isEmpty()) {
            return; // the target is gone, or the deadline has passed: the state says so
        }
        if (!inference.isPlainStep(reply.get())) {
            onStop(reply.get());
            return;
        }
        target.stopped();
        Stop stepped = stoppedBy(interruptAsked ? new Cause.Interrupted() : new Cause.Arrived("stepi"), stop.thread());
        if (!interruptAsked) {
            plant();
            if (breakpoints.isPlantedAt(stepped.pc())) {
                onStop(reply.get()); // one instruction on, the next breakpoint
            } else {
                go(Resume.continueAll());
            }
        }
    }

    /**
     * Lets a watched access happen that the guest stopped before. Else it would stop there for ever; and who looks wants
     * to see what was written.
     */
    private Optional<StopReply> finishAccess(ThreadId thread) {
        for (Stoppoint point : breakpoints.planted()) {
            boolean isWatch = point.kind() != Stoppoint.Kind.SOFTWARE && point.kind() != Stoppoint.Kind.HARDWARE;
            if (isWatch) {
                Waits.on(target.stub().remove(point), "remove " + point);
                breakpoints.unplanted(point); // the next resume plants it again
            }
        }
        go(Resume.step(thread));
        return nextReply();
    }

    private void go(Resume how) {
        long number = nextResume();
        target.invalidate();
        state = running;
        begunElsewhere = false;
        target.resuming();
        var unused = target.stub().resume(how).whenComplete((reply, why) -> {
            if (why == null) {
                post(new Happening.StopReported(number, reply));
            } else {
                post(new Happening.ResumeFailed(number, why));
            }
        });
        if (interruptAsked) {
            target.stub().interrupt(); // asked for between the last stop and this resume
        }
    }

    private long nextResume() {
        long number = resumes + 1;
        resumes = number;
        return number;
    }

    /** Waits for the reply to the present resume alone, handling all else that comes. Empty if the target is gone. */
    private Optional<StopReply> nextReply() {
        while (state instanceof Running) {
            Happening happening = take(SILENCE);
            if (happening instanceof Happening.StopReported report && report.resume() == resumes) {
                return Optional.of(report.reply());
            }
            handle(happening);
        }
        return Optional.empty();
    }

    /** What happened next; when nothing did for so long, Wake, and the stub has been looked after if it should have spoken. */
    private Happening take(Duration atMost) {
        try {
            Happening happening = happenings.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
            if (happening != null) {
                return happening;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException("wait for stop: interrupted", new SessionFailure.Interrupted(), e);
        }
        lookForSilence();
        return new Happening.Wake();
    }

    private void plant() {
        List<Stoppoint> besides = new ArrayList<>(goal.stoppoints());
        besides.addAll(slide.stoppoints());
        besides.addAll(target.modules().stoppoints(breakpoints, slide.isSettled()));
        if (breakpoints.isAllPlanted(besides)) {
            return; // one of many hits that nobody sees
        }
        Breakpoints.Change change = breakpoints.change(besides);
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        change.remove().forEach(point -> answers.add(target.stub().remove(point)));
        change.insert().forEach(point -> answers.add(target.stub().insert(point)));
        for (int i = 0; i < answers.size(); i++) {
            int removals = change.remove().size();
            if (i < removals) {
                Waits.on(answers.get(i), "remove breakpoint");
                breakpoints.unplanted(change.remove().get(i));
            } else {
                Waits.on(answers.get(i), "insert breakpoint");
                breakpoints.planted(change.insert().get(i - removals));
            }
        }
        breakpoints.allPlanted(besides);
    }

    /** Blocks until the user should see a stop; empty at the deadline, and then the guest runs on. */
    Optional<Stop> await(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        awaited = true;
        try {
            while (state instanceof Running) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return Optional.empty();
                }
                handle(take(Duration.ofNanos(Math.min(left, SILENCE.toNanos()))));
            }
            return Optional.of(requireStop());
        } finally {
            awaited = false;
        }
    }

    /** Looks after the run state until the future is done, or until the guest stops where the user should see it. */
    void attendUntil(CompletableFuture<?> other) {
        var unused = other.whenComplete((value, why) -> happenings.add(new Happening.Wake()));
        boolean wasRunning = state instanceof Running;
        awaited = true;
        try {
            while (!other.isDone() && !(wasRunning && !(state instanceof Running))) {
                handle(take(SILENCE));
            }
        } finally {
            awaited = false;
        }
    }

    /** From any thread: something happened. */
    void post(Happening happening) {
        happenings.add(happening);
        if (drainAsked.compareAndSet(false, true)) {
            thread.execute(this::drain);
        }
    }

    private void drain() {
        drainAsked.set(false);
        Happening happening;
        while ((happening = happenings.poll()) != null) {
            handle(happening);
        }
    }

    /** From any thread. */
    void interrupt() {
        interruptAsked = true;
        target.stub().interrupt();
        expectStop();
    }

    private void handle(Happening happening) {
        if (happening instanceof Happening.StopReported report) {
            if (report.resume() == resumes && state instanceof Running) {
                onStop(report.reply());
            }
        } else if (happening instanceof Happening.StoppedUnasked report) {
            if (state instanceof Running && begunElsewhere) {
                onStop(report.reply());
            }
        } else if (happening instanceof Happening.ResumeFailed failed) {
            if (failed.resume() == resumes && state instanceof Running) {
                end(target.explainEnd()
                        .orElseGet(() -> String.valueOf(failed.why().getMessage())));
            }
        } else if (happening instanceof Happening.Gone gone) {
            end(gone.how());
        } else if (happening instanceof Happening.Qmp qmp) {
            reconciler.onEvent(qmp.event());
        }
    }

    private void onStop(StopReply reply) {
        if (Replies.watched(reply).isPresent()
                && target.stopsBeforeAccess()
                && finishAccess(inference.threadOf(reply)).isEmpty()) {
            return; // the target is gone: the state says so
        }
        target.stopped();
        StopInference.Verdict verdict = inference.infer(reply, goal, interruptAsked, reconciler.lastWord());
        ThreadId where = inference.threadOf(reply);
        boolean quiet = quietStopAsked
                && verdict.cause()
                        .filter(Cause.StoppedElsewhere.class::isInstance)
                        .isPresent();
        quietStopAsked = false;
        if (verdict.cause().isPresent() && !quiet) {
            Stop stop = stoppedBy(verdict.cause().get(), where);
            interruptAsked = false;
            goal = Goal.run();
            if (!awaited) {
                notices.stopped(stop);
            }
            return;
        }
        Stop hidden = present(new Cause.Arrived(goal.command()), where);
        plant();
        goFrom(hidden);
    }

    /** QMP's STOP, of which each stop brings one, is worth no turn of the session thread. True if it was one. Any thread. */
    boolean takesLightly(String event) {
        if (event.equals("STOP")) {
            expectStop();
            return true;
        }
        return false;
    }

    /** The stub should report a stop, and soon: whether it did is looked at later, once for many of them. Any thread. */
    private void expectStop() {
        stopHeardIn = resumes;
        stopHeardAt = System.nanoTime();
        timeSilence();
    }

    private void timeSilence() {
        if (silenceTimed.compareAndSet(false, true)) {
            thread.after(SILENCE.plusMillis(1), () -> {
                silenceTimed.set(false);
                lookForSilence();
            });
        }
    }

    private void lookForSilence() {
        if (stopHeardIn != resumes || !(state instanceof Running)) {
            return;
        }
        if (System.nanoTime() - stopHeardAt >= SILENCE.toNanos()) {
            stopHeardIn = 0; // looked after, until QMP says STOP again
            reconciler.stubIsSilent();
        } else if (!awaited) {
            timeSilence();
        }
    }

    /**
     * The debugger goes; what it planted in somebody else's machine goes too.
     *
     * @param running whether the guest should run on
     */
    void leave(boolean running) {
        if (target.machine().isEmpty() && !(state instanceof SessionState.Ended)) {
            try {
                leaveStub(running);
            } catch (RspException | SessionException e) {
                notices.notice("leaving: %s", String.valueOf(e.getMessage()));
            }
        }
        state = new SessionState.Ended("the session left this target");
    }

    private void leaveStub(boolean running) {
        if (state instanceof Running) {
            if (breakpoints.planted().isEmpty()) {
                return; // the stub does not mind who listens; a word to it would stop the guest
            }
            interrupt();
            await(LEAVING);
        }
        if (!(state instanceof Stop)) {
            throw new SessionException(
                    "the guest did not stop, and our breakpoints are left in it", new SessionFailure.TimedOut(LEAVING));
        }
        for (Stoppoint point : breakpoints.planted()) {
            Waits.on(target.stub().remove(point), "remove " + point);
        }
        if (running) {
            Waits.on(target.stub().detach(), "detach");
        }
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
        begunElsewhere = true;
        state = running;
        var unused = nextResume();
    }

    /** QMP says that the guest is stopped, and the stub has not said it. */
    void stoppedSilently() {
        target.stub().stoppedElsewhere();
        if (begunElsewhere && state instanceof Running) {
            onStop(new StopReply.NotReported());
        }
    }

    /** The target is gone, once and for all. */
    void end(String how) {
        if (!(state instanceof SessionState.Ended)) {
            state = new SessionState.Ended(how);
            notices.ended(how);
        }
    }
}
