package org.kdive.session;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Snapshots of a replay on its way, so that from wherever it is another moment is near. QEMU keeps them beside the one of the
 * machine's beginning. Session thread.
 */
final class Waypoints {
    /** As far as a run may get from the last one. With the load of a snapshot a step back stays below a second. */
    private static final double APART_SECONDS = 0.5;

    /** A booted guest of 512 MiB takes some 90 MB each. */
    private static final int MOST = 24;

    /** What is nearest behind the present is what is wanted next. */
    private static final int KEPT_BEHIND = 3;

    private static final long FIRST_STRIDE = 4_000_000;
    private static final String BEGINNING = "@start"; // machine.Recording's
    private static final double FASTER = 4;

    private final Target target;
    private final NavigableMap<Long, String> laid = new TreeMap<>(Map.of(0L, BEGINNING));
    private double perSecond = FIRST_STRIDE / APART_SECONDS; // as the last stride ran
    private boolean full; // no more can be laid

    Waypoints(Target target) {
        this.target = target;
    }

    /** The last one at or before that instruction. */
    long before(long instruction) {
        return laid.floorKey(instruction);
    }

    /** Where a run from here should be halted at the latest, for one to be laid. */
    long nextHalt(long now) {
        long stride = Math.max(FIRST_STRIDE / 4, (long) (perSecond * APART_SECONDS));
        long from = now;
        for (long next : laid.tailMap(now, false).keySet()) {
            if (next - from > stride) {
                break;
            }
            from = next; // where some lie already
        }
        return full ? Long.MAX_VALUE : from + stride;
    }

    /** A run covered so much in that time. */
    void ran(long instructions, double seconds) {
        if (instructions > FIRST_STRIDE / 8 && seconds > 0) {
            double seen = instructions / seconds;
            perSecond = Math.min(Math.max(seen, perSecond / FASTER), perSecond * FASTER);
        }
    }

    /** Keeps the present moment, unless one is close or QEMU cannot just now. */
    void lay(long now) {
        long next = Optional.ofNullable(laid.ceilingKey(now)).orElse(Long.MAX_VALUE);
        long apart = (long) (perSecond * APART_SECONDS / 2);
        if (full || now - before(now) < apart || next - now < apart) {
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
            long least = Long.MAX_VALUE;
            NavigableMap<Long, String> behind = laid.headMap(now, true).descendingMap();
            long kept =
                    behind.keySet().stream().skip(KEPT_BEHIND - 1L).findFirst().orElse(0L);
            for (long one : laid.navigableKeySet().tailSet(0L, false)) {
                long after = Optional.ofNullable(laid.higherKey(one))
                        .orElse(target.recorded().last());
                boolean near = one >= kept && one <= now;
                if (!near && after - laid.lowerKey(one) < least) {
                    least = after - laid.lowerKey(one);
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
