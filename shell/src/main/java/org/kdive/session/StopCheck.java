package org.kdive.session;

import java.time.Duration;
import org.kdive.gdbrsp.RspException;
import org.kdive.machine.Machine;

/**
 * Whether a stop still is what the guest is. QEMU has one run state and one machine for all its monitors, and tells the stub
 * nothing of what they do to a guest that is stopped (7.2 to 10.2). Session thread.
 */
final class StopCheck {
    private static final String RESTORED = "the guest was put back to a snapshot from outside";

    private static final Duration SOON = Duration.ofMillis(500);

    private final RunControl control;
    private final Target target;
    private final SlideSearch slide;
    private final Notices notices;
    private boolean looking; // hearing what QEMU told first

    StopCheck(RunControl control, Target target, SlideSearch slide, Notices notices) {
        this.control = control;
        this.target = target;
        this.slide = slide;
        this.notices = notices;
    }

    /**
     * Another monitor may have put the guest back to a snapshot. The reset that is part of it is written down, and only the one
     * of a snapshot is told to nobody: whatever else QEMU has told is heard first.
     */
    void lookForRestore() {
        if (!looking && (isRestored() || hasOtherRegisters())) {
            restored();
            if (control.state() instanceof Running) {
                control.stopQuietly();
            }
        }
    }

    /**
     * In a machine of somebody else's nothing is written down, but a guest that stands still has the registers that it had. A stub
     * that does not answer soon is not waited for.
     */
    private boolean hasOtherRegisters() {
        if (target.machine().isPresent()
                || target.qmp().isEmpty()
                || !target.stub().features().isQemu()
                || !(control.state() instanceof Stop stop)) {
            return false;
        }
        try {
            RegisterFile before = target.registers(stop.thread());
            target.stub().changedElsewhere();
            RegisterFile now = new RegisterFile(
                    target.stub(),
                    stop.thread(),
                    Waits.on(target.stub().readRegisters(stop.thread()), SOON, "read the registers"),
                    target.architecture());
            return !before.equalsAtStop(now) && !isExplained(stop);
        } catch (RspException | SessionException e) {
            return false; // whoever asks next is told
        }
    }

    // it ran meanwhile, and that is about to be told
    private boolean isExplained(Stop stop) {
        looking = true;
        try {
            boolean runs = target.runState().filter("running"::equals).isPresent();
            control.catchUp();
            return runs || !(control.state() instanceof Stop now) || now.number() != stop.number();
        } finally {
            looking = false;
        }
    }

    /** The same where the guest has just stopped, and it is not known yet why. */
    void lookForRestoreAtStop() {
        if (isRestored()) {
            restored();
        }
    }

    private boolean isRestored() {
        if (looking || !hasRestarted()) {
            return hasRestarted(); // all before it has been heard then
        }
        looking = true;
        try {
            var unused = target.runState();
            control.catchUp();
        } finally {
            looking = false;
        }
        return hasRestarted();
    }

    private void restored() {
        target.rewound();
        slide.doubt();
        if (control.state() instanceof Stop stop) {
            slide.settleDoubt(stop.thread());
            notices.notice("%s: now at %s", RESTORED, target.describe(stop.pc()));
            control.stoppedBy(new Cause.StoppedElsewhere(RESTORED), stop.thread());
        } else {
            notices.notice(RESTORED);
            target.machine().ifPresent(Machine::markRestarts);
        }
    }

    // a replay goes back by itself
    private boolean hasRestarted() {
        return !target.recorded().isEither()
                && target.machine().filter(Machine::hasRestarted).isPresent();
    }

    /** Another monitor let the guest run, and it has stopped before we could look. */
    void ranMeanwhile() {
        if (control.state() instanceof Stop stop) {
            look(stop, "the guest was resumed from outside, and stopped again");
        }
    }

    private void look(Stop stop, String what) {
        RegisterFile before = target.registers(stop.thread());
        target.invalidate();
        boolean same = before.equalsAtStop(target.registers(stop.thread()));
        if (!same && target.runState().filter("debug"::equals).isPresent()) {
            notices.notice("the guest was resumed from outside (QMP cont)");
            control.resumedElsewhere();
            control.stoppedSilently(); // at a breakpoint, which counts like any other
        } else if (!same) {
            notices.notice("%s: now at %s", what, target.describe(stop.pc()));
            control.stoppedBy(new Cause.StoppedElsewhere(what), stop.thread());
        }
    }
}
