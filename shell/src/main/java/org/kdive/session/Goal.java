package org.kdive.session;

import java.util.List;
import java.util.function.Predicate;
import org.kdive.gdbrsp.Stoppoint;

/**
 * What a resume is for. Its stoppoints are planted for this run alone; the run goes on past them until {@code reached}.
 *
 * @param command the user's verb, for the cause
 * @param step one instruction of the current thread, not a run
 * @param stoppoints planted beside the user's
 * @param reached asked with the registers of a stop at one of them
 */
record Goal(String command, boolean step, List<Stoppoint> stoppoints, Predicate<RegisterFile> reached) {
    Goal {
        stoppoints = List.copyOf(stoppoints);
    }

    static Goal run() {
        return new Goal("continue", false, List.of(), registers -> false);
    }

    static Goal step(String command) {
        return new Goal(command, true, List.of(), registers -> true);
    }

    static Goal until(String command, List<Long> addresses, Predicate<RegisterFile> reached) {
        List<Stoppoint> points = addresses.stream()
                .map(address -> new Stoppoint(Stoppoint.Kind.SOFTWARE, address, 1))
                .toList();
        return new Goal(command, false, points, reached);
    }

    boolean isAt(long pc) {
        return stoppoints.stream().anyMatch(point -> point.address() == pc);
    }
}
