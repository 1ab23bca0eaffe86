package org.kdive.session;

import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;

/**
 * What the stub lets happen during a step. QEMU masks interrupts unless told otherwise, and where it can stops timers, so
 * that a step does not end in a handler; other stubs have no such setting. Session thread, the guest stopped.
 */
final class StepBits {
    private static final int STEP_ALONE = 1; // QEMU's SSTEP_ENABLE, without SSTEP_NOIRQ and SSTEP_NOTIMER

    private final RspClient stub;
    private int masking; // as found; 0 while interrupts were never let in

    StepBits(RspClient stub) {
        this.stub = stub;
    }

    /** Throws Unsupported when the stub has no such setting. */
    void letIn(boolean interrupts) {
        if (interrupts == (masking != 0)) {
            return;
        }
        try {
            if (interrupts) {
                int found = Waits.on(stub.stepBits(), "read the stepping bits");
                Waits.on(stub.setStepBits(STEP_ALONE), "set the stepping bits");
                masking = found;
            } else {
                Waits.on(stub.setStepBits(masking), "set the stepping bits");
                masking = 0;
            }
        } catch (RspException e) {
            if (e.failure() instanceof RspFailure.Disconnected) {
                throw e;
            }
            throw new SessionException(
                    "step-interrupts: this stub cannot choose, only QEMU's can",
                    new SessionFailure.Unsupported("step-interrupts"),
                    e);
        }
    }
}
