package org.kdive.session;

import java.util.List;

/** What a front end shows at one moment. Session thread. */
@FunctionalInterface
public interface Keepsake {
    /** Brings it back. */
    void restore();

    /** The same in the front end's own words, for another process. */
    default List<String> lines() {
        return List.of();
    }
}
