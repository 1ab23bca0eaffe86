package org.kdive.session;

import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.kdive.machine.Recording;

/**
 * Snapshots of a replay on its way, so that from wherever it is another moment is near. QEMU keeps them beside the one of the
 * machine's beginning. Session thread.
 */
final class Waypoints {
    /** So long a run may take from the last one. With the load of a snapshot a step back stays below a second. */
    static final Duration APART = Duration.ofMillis(400);

    /** Who has come a longer way back than that is likely to step back once more: the next way begins close by. */
    private static final double FAR_SECONDS = 0.15;

    private static final double NEAR_SECONDS = 0.04;

    /** A booted guest of 512 MiB takes some 90 MB each. */
    private static final int MOST = 32;

    /** What is nearest behind the present is what is wanted next. */
    private static final int KEPT_BEHIND = 3;

    /**
     * Closer ones are not worth it, however slow the replay is there: where the guest looks at clocks every few instructions, a
     * QEMU 7.2 that was halted often has been seen to come no further.
     */
    static final long LEAST_APART = 1_000_000;

    private static final double FIRST_SPEED = 20_000_000;
    static final double WORTH_NOTING_SECONDS = 0.03;
    private static final int MOST_SPEEDS = 4096;

    private final Target target;
    private final NavigableMap<Long, String> laid = new TreeMap<>(Map.of(0L, Recording.START));
    // instructions a second from there on: a guest that looks at clocks is replayed a hundred times slower
    private final NavigableMap<Long, Double> speeds = new TreeMap<>(Map.of(0L, FIRST_SPEED));
    private long tried; // where one was last to be laid
    private boolean full; // no more can be laid

    Waypoints(Target target) {
        this.target = target;
    }

    /** The last one at or before that instruction. */
    long before(long instruction) {
        return laid.floorKey(instruction);
    }

    /** What a run from one moment to a later one took, or would take. */
    double seconds(long from, long to) {
        double seconds = 0;
        long at = from;
        for (long next : speeds.subMap(from, false, Math.max(from, to), false).keySet()) {
            seconds += (next - at) / speed(at);
            at = next;
        }
        return seconds + (to - at) / speed(at);
    }

    private double speed(long instruction) {
        return speeds.floorEntry(instruction).getValue();
    }

    /** Where a way to an instruction is halted for one to be laid just before it; the instruction itself if it is short. */
    long haltBefore(long now, long instruction) {
        boolean far = !full && instruction - now > LEAST_APART && seconds(now, instruction) > FAR_SECONDS;
        return far ? Math.max(now, instruction - (long) (speed(instruction) * NEAR_SECONDS)) : instruction;
    }

    /** A run covered so much in that time. */
    void ran(long from, long to, double seconds) {
        if (seconds < WORTH_NOTING_SECONDS || to <= from) {
            return;
        }
        if (speeds.size() >= MOST_SPEEDS) {
            speeds.tailMap(0L, false).clear();
        }
        double beyond = speed(to);
        speeds.subMap(from, false, to, true).clear();
        speeds.put(from, (to - from) / seconds);
        speeds.put(to, beyond == FIRST_SPEED ? (to - from) / seconds : beyond);
    }

    /** Whether a run from the last one to here takes long enough for another. */
    boolean isDue(long now) {
        return isWorth(now) && seconds(triedBefore(now), now) >= APART.toMillis() / 1000.0;
    }

    /** Whether it is far enough from the last one. */
    boolean isWorth(long now) {
        return !full && now - triedBefore(now) >= LEAST_APART;
    }

    // one that could not be laid, or was not worth it, is not tried again at each of the next instructions
    private long triedBefore(long now) {
        return tried <= now ? Math.max(before(now), tried) : before(now);
    }

    /**
     * Keeps the present moment, unless one is close or QEMU cannot just now. It is one at which the guest was halted by its
     * number, and not the end of a step, which is between two events of the log.
     */
    void lay(long now) {
        lay(now, APART.toMillis() / 2000.0);
    }

    /** The same; only what is very close is in its way. */
    void layNear(long now) {
        lay(now, NEAR_SECONDS);
    }

    private void lay(long now, double apart) {
        tried = now;
        Optional<Long> next = Optional.ofNullable(laid.ceilingKey(now));
        if (full
                || seconds(before(now), now) < apart
                || next.filter(one -> seconds(now, one) < apart).isPresent()) {
            return;
        }
        thin(now);
        // QEMU refuses while something from outside is under way: the next halt will do
        if (target.monitor("savevm " + tag(now)).isEmpty()) {
            laid.put(now, tag(now));
        }
    }

    private static String tag(long instruction) {
        return "@" + instruction;
    }

    /** Makes room: the one goes whose neighbours are closest. */
    private void thin(long now) {
        while (laid.size() > MOST) {
            long victim = -1;
            double least = Double.MAX_VALUE;
            NavigableMap<Long, String> behind = laid.headMap(now, true).descendingMap();
            long kept =
                    behind.keySet().stream().skip(KEPT_BEHIND - 1L).findFirst().orElse(0L);
            for (long one : laid.navigableKeySet().tailSet(0L, false)) {
                long after = Optional.ofNullable(laid.higherKey(one))
                        .orElse(target.recorded().last());
                boolean near = one >= kept && one <= now;
                double gap = seconds(laid.lowerKey(one), Math.max(one, after));
                if (!near && gap < least) {
                    least = gap;
                    victim = one;
                }
            }
            if (victim < 0 || !target.monitor("delvm " + laid.get(victim)).isEmpty()) {
                full = true;
                return;
            }
            laid.remove(victim);
        }
    }

    /** The machine as it was there; what was read before is void. */
    void load(long waypoint) {
        String answer = target.monitor("loadvm " + laid.get(waypoint));
        target.rewound();
        if (!answer.isEmpty()) {
            throw new SessionException(
                    "go back to instruction %d: QEMU says: %s".formatted(waypoint, answer),
                    new SessionFailure.Refused("QEMU"));
        }
    }

    int count() {
        return laid.size();
    }
}
