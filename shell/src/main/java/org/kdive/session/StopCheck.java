package org.kdive.session;

/**
 * Whether a stop still is what the guest is. QEMU has one run state and one machine for all its monitors, and tells the stub
 * nothing of what they do to a guest that is stopped (7.2 to 10.2). Session thread.
 */
final class StopCheck {
    private final RunControl control;
    private final Target target;
    private final Notices notices;

    StopCheck(RunControl control, Target target, Notices notices) {
        this.control = control;
        this.target = target;
        this.notices = notices;
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
