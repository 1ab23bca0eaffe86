package org.kdive.session;

import java.time.Duration;
import org.kdive.gdbrsp.RspException;

/** How a debugger leaves somebody else's machine: running or not, without our breakpoints. Session thread. */
final class Departure {
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final RunControl control;
    private final Target target;
    private final Planting planting;
    private final Resumption resumption;

    Departure(RunControl control, Target target, Planting planting, Resumption resumption) {
        this.resumption = resumption;
        this.control = control;
        this.target = target;
        this.planting = planting;
    }

    /** @param running whether the guest should run on; nothing is done to a machine of ours, which ends */
    void leave(boolean running, Notices notices) {
        if (target.machine().isPresent() || control.state() instanceof SessionState.Ended) {
            return;
        }
        try {
            leaveStub(running);
        } catch (RspException | SessionException e) {
            notices.notice("leaving: %s", String.valueOf(e.getMessage()));
        }
    }

    private void leaveStub(boolean running) {
        if (control.state() instanceof Running) {
            if (planting.isEmpty()) {
                return; // the stub does not mind who listens; a word to it would stop the guest
            }
            control.interrupt();
            var unused = control.await(LONGEST);
        }
        if (!(control.state() instanceof Stop)) {
            throw new SessionException(
                    "the guest did not stop, and our breakpoints are left in it", new SessionFailure.TimedOut(LONGEST));
        }
        planting.removeAll();
        resumption.restoreStepInterrupts();
        if (running) {
            Waits.on(target.stub().detach(), "detach");
        }
    }
}
