package org.kdive.images.unwind;

import java.util.List;

/**
 * Frames from the innermost outwards.
 *
 * @param reason why there are no more, for the user, where {@code end} alone does not tell; else empty
 */
public record Backtrace(List<StackFrame> frames, End end, String reason) {
    /** Why the walk stopped. */
    public enum End {
        /** At the outermost frame. */
        COMPLETE,
        /** At user code, whose stack is not ours to walk. */
        USER,
        /** At the limit that was asked for. */
        LIMIT,
        /** Somewhere it could not go on: the stack is broken, unreadable, or in code that no table covers. */
        LOST
    }

    public Backtrace {
        frames = List.copyOf(frames);
    }
}
