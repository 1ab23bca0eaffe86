package org.kdive.images.arch;

import java.util.List;
import java.util.Optional;

/** One walk through the page tables: every entry read, and where it ended. */
public record PageWalk(List<Step> steps, Optional<Translation> translation) {
    /**
     * @param level as the architecture's manual calls it
     * @param entryPhysical where the entry is
     */
    public record Step(String level, long entryPhysical, long entry) {}

    public PageWalk {
        steps = List.copyOf(steps);
    }
}
