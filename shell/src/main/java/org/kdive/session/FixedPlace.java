package org.kdive.session;

import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;

/** Kernels that run where they are linked. */
record FixedPlace(String why) implements SlideMethod {
    @Override
    public Optional<Found> known() {
        return Optional.of(new Found(0, why));
    }

    @Override
    public List<Stoppoint> stoppoints(ThreadId thread) {
        return List.of();
    }

    @Override
    public Optional<Found> at(ThreadId thread) {
        return known();
    }

    @Override
    public Optional<Found> ofRunning(ThreadId thread) {
        return known();
    }

    @Override
    public void restart() {
        // nothing was learnt
    }
}
