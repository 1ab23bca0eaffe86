package org.kdive.session;

import java.util.List;

/**
 * The calls on a stack, innermost first.
 *
 * @param lost why there are no more though there should be; empty when the stack was walked to its end, or to the limit
 */
public record Calls(List<Frame> frames, String lost) {
    public Calls {
        frames = List.copyOf(frames);
    }
}
