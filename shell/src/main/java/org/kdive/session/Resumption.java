package org.kdive.session;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.ThreadId;

/**
 * The present run: its number, so that a late report of an earlier one is known as such, who began it, and which CPUs take
 * part. Session thread.
 */
final class Resumption {
    private final Target target;
    private final Happenings happenings;
    private final Scheduling scheduling;
    private final StepBits stepBits;
    private volatile long number; // written by the session thread alone
    private boolean elsewhere; // no resume of ours will be told of its end
    private @Nullable ThreadId alone; // null: all run
    private final Set<ThreadId> stepping = new HashSet<>(); // whose step has not been reported as made
    private @Nullable Resume present; // null before the first, and when somebody else began it

    Resumption(Target target, Happenings happenings, Scheduling scheduling) {
        this.target = target;
        this.happenings = happenings;
        this.scheduling = scheduling;
        this.stepBits = new StepBits(target.stub());
    }

    /** Any thread. */
    long number() {
        return number;
    }

    boolean isThis(long resume) {
        return resume == number;
    }

    boolean isElsewhere() {
        return elsewhere;
    }

    /** Tells the stub, if it has not been told yet. Throws Unsupported. */
    void chooseStepInterrupts() {
        stepBits.letIn(scheduling.stepInterrupts());
    }

    /** The stub is left as it was found. */
    void restoreStepInterrupts() {
        stepBits.letIn(false);
    }

    /** One instruction; the others run as the user wants it. */
    Resume step(ThreadId thread) {
        return scheduling.holdsOthersInStep(isReplaying()) ? Resume.step(thread) : Resume.stepWhileOthersRun(thread);
    }

    /** Whether a run is of one thread alone. */
    boolean holdsOthers() {
        return scheduling.holdsOthers(isReplaying());
    }

    /** A run, of all or of this thread alone. */
    Resume run(ThreadId thread) {
        return holdsOthers() ? Resume.continueOne(thread) : Resume.continueAll();
    }

    /** The same, off a breakpoint; while that takes a step the others are held in any case. */
    Resume runOffBreakpoint(ThreadId thread) {
        return holdsOthers() ? Resume.stepThenContinueOne(thread) : Resume.stepThenContinue(thread);
    }

    // only such a machine can go back
    private boolean isReplaying() {
        return target.stub().features().reverseStep();
    }

    /** Who stopped; QEMU before 8.2 names any thread when it was paused, but of one that runs alone we know it. */
    ThreadId whoStopped(StopReply reply) {
        Optional<ThreadId> told = reply.thread();
        return alone != null && !Replies.isTrap(reply) ? alone : told.orElseGet(target::firstThread);
    }

    /**
     * Whether a trap is the end of a step of an earlier run, in which another CPU stopped first. QEMU (7.2) clears the mark
     * for a step on the CPU alone whose stop it reports, and the other one stops after one instruction whenever it goes on.
     */
    boolean isLateStep(StopReply reply) {
        if (!Replies.isTrap(reply)) {
            return false;
        }
        ThreadId who = whoStopped(reply);
        boolean presentOne = present instanceof Resume.StepWhileOthersRun step
                && step.thread().equals(who);
        return stepping.remove(who) && !presentOne;
    }

    /** Lets the stub go; how it ended is posted. */
    void go(Resume how) {
        long mine = next(false);
        present = how;
        if (how instanceof Resume.StepWhileOthersRun step) {
            stepping.add(step.thread());
        }
        alone = onlyOne(how);
        target.invalidate();
        target.resuming();
        var unused = target.stub().resume(how).whenComplete((reply, why) -> {
            if (why == null) {
                happenings.post(new Happening.StopReported(mine, reply));
            } else {
                happenings.post(new Happening.ResumeFailed(mine, why));
            }
        });
    }

    private static @Nullable ThreadId onlyOne(Resume how) {
        if (how instanceof Resume.ContinueOne one) {
            return one.thread();
        }
        if (how instanceof Resume.StepThenContinue off) {
            return onlyOne(off.then());
        }
        return how instanceof Resume.Step step ? step.thread() : null;
    }

    void begunElsewhere() {
        var unused = next(true);
        alone = null;
        present = null;
    }

    private long next(boolean byOthers) {
        long next = number + 1;
        number = next;
        elsewhere = byOthers;
        return next;
    }
}
