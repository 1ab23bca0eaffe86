package org.kdive.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.Stoppoint;

/** What of the user's breakpoints, and of our own, stands in the stub. Session thread. */
final class Planting {
    private final Target target;
    private final Breakpoints breakpoints;
    private final Set<Stoppoint> planted = new LinkedHashSet<>();
    private List<Stoppoint> lastBesides = List.of();
    private long lastVersion = -1; // of the breakpoints, when all of them were planted last; -1: never

    Planting(Target target, Breakpoints breakpoints) {
        this.target = target;
        this.breakpoints = breakpoints;
    }

    /** Plants what should stand while the guest runs, {@code besides} added, and takes away what should not. */
    void plant(List<Stoppoint> besides) {
        if (breakpoints.version() == lastVersion && besides.equals(lastBesides)) {
            return; // one of many hits that nobody sees
        }
        Set<Stoppoint> wanted = new LinkedHashSet<>(besides);
        wanted.addAll(breakpoints.stoppoints());
        long version = breakpoints.version();
        remove(planted.stream().filter(point -> !wanted.contains(point)).toList());
        insert(wanted.stream().filter(point -> !planted.contains(point)).toList());
        lastBesides = List.copyOf(besides);
        lastVersion = version;
    }

    /** These and nothing else; the next {@link #plant} brings back what should stand. */
    void plantOnly(List<Stoppoint> wanted) {
        remove(planted.stream().filter(point -> !wanted.contains(point)).toList());
        insert(wanted.stream().filter(point -> !planted.contains(point)).toList());
        lastVersion = -1;
    }

    // all requests go out before the first answer is waited for
    private void insert(List<Stoppoint> points) {
        List<CompletableFuture<Void>> answers =
                points.stream().map(target.stub()::insert).toList();
        List<RspException> refusals = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            try {
                Waits.on(answers.get(i), "insert " + points.get(i));
                planted.add(points.get(i));
            } catch (RspException e) {
                if (e.failure() instanceof RspFailure.Disconnected) {
                    throw e;
                }
                refusals.add(e);
            }
        }
        if (!refusals.isEmpty()) {
            throw new SessionException(
                    "%s%s"
                            .formatted(
                                    refusals.get(0).getMessage(),
                                    refusals.size() == 1 ? "" : " (and %d more)".formatted(refusals.size() - 1)),
                    new SessionFailure.Refused("insert"),
                    refusals.get(0));
        }
    }

    private void remove(List<Stoppoint> points) {
        List<CompletableFuture<Void>> answers =
                points.stream().map(target.stub()::remove).toList();
        for (int i = 0; i < answers.size(); i++) {
            Waits.on(answers.get(i), "remove " + points.get(i));
            planted.remove(points.get(i));
            lastVersion = -1;
        }
    }

    boolean isEmpty() {
        return planted.isEmpty();
    }

    /** Whether the stub stops the guest at this instruction, watchpoints not considered. */
    boolean isAt(long pc) {
        return planted.contains(Stoppoint.software(pc)) || planted.contains(Stoppoint.hardware(pc));
    }

    /** Takes away what stands at this instruction; the next {@link #plant} brings it back. */
    void removeAt(long pc) {
        remove(Stream.of(Stoppoint.software(pc), Stoppoint.hardware(pc))
                .filter(planted::contains)
                .toList());
    }

    /** Takes away what watches memory; the next {@link #plant} brings it back. */
    void removeWatchpoints() {
        remove(planted.stream()
                .filter(point -> point.kind() != Stoppoint.Kind.SOFTWARE && point.kind() != Stoppoint.Kind.HARDWARE)
                .toList());
    }

    void removeAll() {
        remove(List.copyOf(planted));
    }
}
