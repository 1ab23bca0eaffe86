package org.kdive.session;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The frame of the current thread that expressions and views speak of. Session thread. */
final class FrameChoice {
    private @Nullable Frame caller; // null: the innermost, whose registers are the processor's

    void choose(Frame frame) {
        caller = frame.level() == 0 ? null : frame;
    }

    /** The guest runs, or another thread is looked at. */
    void reset() {
        caller = null;
    }

    /** Empty for the innermost. */
    Optional<Frame> caller() {
        return Optional.ofNullable(caller);
    }

    RegisterFile over(RegisterFile registers) {
        return caller == null ? registers : registers.inFrame(caller);
    }
}
