package org.kdive.session;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;

/** How the guest leaves a place where something of ours stands: the stub would stop it there again at once. Session thread. */
final class Leaving {
    // QEMU 7.2 with several CPUs: a step reported as made, and no register moved; seen up to some ten times on end when
    // another CPU stops at once after each resume. An instruction that jumps to itself looks the same
    private static final int MOST_IN_VAIN = 40;

    private final RunControl control;
    private final Target target;
    private final Planting planting;
    private final Resumption resumption;
    private final Stride stride;
    private int stepsInVain; // of the present step
    private long leftPc;
    // as they stood when another CPU's stop was told in place of their step: where they stand has been told already
    private final Map<ThreadId, RegisterFile> held = new HashMap<>();
    private @Nullable ThreadId left; // null before the first run

    Leaving(RunControl control, Target target, Planting planting, Resumption resumption) {
        this.control = control;
        this.target = target;
        this.planting = planting;
        this.resumption = resumption;
        this.stride = new Stride(target);
    }

    /** One instruction from a stop. */
    void step(Stop stop) {
        MonitorAccess.requireStub(target);
        stepsInVain = 0;
        leaves(stop);
        if (letHeldOff(stop.thread())) {
            control.go(resumption.step(stop.thread()));
        }
    }

    /** Lets the guest run on from a stop. */
    void run(Stop stop) {
        ThreadId thread = stop.thread();
        leaves(stop);
        if (!letHeldOff(thread)) {
            return;
        }
        if (!planting.isAt(stop.pc())) {
            control.go(resumption.run(thread));
        } else if (!target.isTcg()) {
            stepOffOverwritten(stop);
        } else if (stride.over(stop)) {
            control.go(resumption.run(thread));
        } else if (stop.threads().size() > 1) {
            if (makeStep(thread, stop.registers())) {
                control.go(resumption.run(thread));
            }
        } else {
            control.go(resumption.runOffBreakpoint(thread)); // TCG steps past a breakpoint at the PC by itself
        }
    }

    private void leaves(Stop stop) {
        left = stop.thread();
        leftPc = stop.pc();
    }

    /** The held but this one make their step now; false when something else came of it. */
    private boolean letHeldOff(ThreadId butThis) {
        for (ThreadId thread : List.copyOf(held.keySet())) {
            RegisterFile then = held.remove(thread);
            if (then != null && !thread.equals(butThis) && stands(thread, then) && !makeStep(thread, then)) {
                return false;
            }
        }
        return true;
    }

    private boolean stands(ThreadId thread, RegisterFile then) {
        return planting.isAt(then.pc()) && target.registers(thread).equalsAtStop(then);
    }

    /**
     * Moves a thread off a breakpoint, the others held. When two CPUs come to breakpoints at once QEMU 7.2 tells of one, and of
     * the other when the first is stepped; or it tells of a step that it has not made. A thread that then went on would be told
     * once more to have come where it stands. False when something else came of it, which has been told.
     */
    private boolean makeStep(ThreadId thread, RegisterFile then) {
        for (int vain = 0; vain < MOST_IN_VAIN; vain++) {
            Optional<StopReply> reply = control.stepQuietly(thread);
            if (reply.isEmpty()) {
                return false; // the target is gone, or the deadline has passed: the state says so
            }
            target.stopped();
            RegisterFile now = target.registers(thread);
            boolean stands = now.equalsAtStop(then);
            boolean isOurs = StopInference.isPlainStep(reply.get())
                    && resumption.whoStopped(reply.get()).equals(thread);
            if (!isOurs || !stands && planting.isAt(now.pc())) {
                if (stands) {
                    held.put(thread, then);
                }
                control.onStop(reply.get());
                return false;
            }
            if (!stands) {
                return true;
            }
        }
        return true; // it jumps to itself
    }

    /**
     * Whether a thread that stopped for what is watched stands before that access. When two CPUs stop at once QEMU 7.2 tells
     * of one; the other's access is let pass when it goes on, and told at its next stop, whatever that is for. And what is
     * planted at an instruction stops before its access does, but for the thread that was let off it.
     */
    boolean isBeforeAccess(ThreadId thread) {
        long pc = target.registers(thread).pc();
        boolean cameBy = planting.isAt(pc) && !(thread.equals(left) && pc == leftPc);
        return !cameBy && (target.architecture() != Architecture.ARM64 || mayAccess(thread, pc));
    }

    // Arm ARM, C4.1: loads and stores have 0 in bit 25 and 1 in bit 27; system instructions clear and zero cache lines
    private boolean mayAccess(ThreadId thread, long pc) {
        byte[] code = target.memory(thread).readPrefix(pc, 4);
        return code.length < 4 || (code[3] & 0x0a) == 0x08 || (code[3] & 0xff) == 0xd5;
    }

    // KVM and KGDB overwrite the instruction: it is put back for the step
    private void stepOffOverwritten(Stop stop) {
        planting.removeAt(stop.pc());
        Optional<StopReply> reply = control.stepQuietly(stop.thread());
        if (reply.isEmpty()) {
            return; // the target is gone, or the deadline has passed: the state says so
        }
        if (!StopInference.isPlainStep(reply.get())) {
            control.onStop(reply.get());
            return;
        }
        target.stopped();
        Stop stepped = control.steppedOff(stop.thread());
        if (stepped.cause() instanceof Cause.Interrupted) {
            return;
        }
        control.plant();
        if (planting.isAt(stepped.pc())) {
            control.onStop(reply.get()); // one instruction on, the next breakpoint
        } else {
            control.go(resumption.run(stop.thread()));
        }
    }

    /**
     * Goes on with a step after a stop that is not for the user: another thread came to a breakpoint, or the step was cut
     * short by that. True if the step has been made: where two threads stop at once the stub tells of one.
     */
    boolean stepAgain(Goal.Step step, Stop hidden) {
        if (!hidden.thread().equals(step.thread()) && !getOff(hidden)) {
            return false;
        }
        target.invalidate();
        if (!step.isInVain(step.thread(), target.registers(step.thread())) || stepsInVain == MOST_IN_VAIN) {
            return true;
        }
        boolean isLast =
                ++stepsInVain == MOST_IN_VAIN; // the others are held, whatever the user wants: it must be made now
        control.go(isLast ? Resume.step(step.thread()) : resumption.step(step.thread()));
        return false;
    }

    /** Moves a thread off a breakpoint, if it stands at one; false when something else came of it. */
    private boolean getOff(Stop hidden) {
        return !planting.isAt(hidden.pc()) || stride.over(hidden) || makeStep(hidden.thread(), hidden.registers());
    }
}
