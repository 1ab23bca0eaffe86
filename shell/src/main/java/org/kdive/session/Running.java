package org.kdive.session;

import java.time.Duration;
import java.util.Optional;

/** The guest runs. There is nothing to read here: a byte sent to QEMU's stub while the guest runs halts the guest. */
public final class Running implements SessionState {
    private final RunControl control;

    Running(RunControl control) {
        this.control = control;
    }

    /** Blocks the session thread until the guest stops where the user wants to know it; empty at the deadline. */
    public Optional<Stop> await(Duration deadline) {
        return control.await(deadline);
    }

    /** Asks for a stop; {@link #await} brings it. Safe from any thread. */
    public void interrupt() {
        control.interrupt();
    }
}
