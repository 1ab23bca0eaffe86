package org.kdive.session;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.session.monitor.MonitorStub;

/**
 * What of the user's breakpoints, and of our own, stands in the stub. Session thread.
 *
 * <p>A software breakpoint is written into its page, where QEMU does not translate the code itself: while the page is not
 * mapped the stub refuses it (KVM, kvm_arch_insert_sw_breakpoint), and a hardware one stands in until it is.
 */
final class Planting {
    private final RspClient stub;
    private final Breakpoints breakpoints;
    private final Notices notices;
    private final Set<Stoppoint> planted = new LinkedHashSet<>();
    private final Map<Stoppoint, Stoppoint> standIns = new LinkedHashMap<>(); // the hardware one by the software one
    private List<Stoppoint> lastBesides = List.of();
    private long lastVersion = -1; // of the breakpoints, when all of them were planted last; -1: never

    Planting(RspClient stub, Breakpoints breakpoints, Notices notices) {
        this.stub = stub;
        this.breakpoints = breakpoints;
        this.notices = notices;
    }

    /** Whether nothing can stand there at all; throws Unsupported if something must. */
    boolean isImpossible(List<Stoppoint> wanted) {
        boolean impossible = stub.features().has(MonitorStub.MARK);
        if (impossible && !(wanted.isEmpty() && breakpoints.stoppoints().isEmpty())) {
            throw MonitorAccess.unable();
        }
        return impossible;
    }

    /** Plants what should stand while the guest runs, {@code besides} added, and takes away what should not. */
    void plant(List<Stoppoint> besides) {
        if (breakpoints.version() == lastVersion && besides.equals(lastBesides) && standIns.isEmpty()) {
            return; // one of many hits that nobody sees
        }
        Set<Stoppoint> wanted = new LinkedHashSet<>(besides);
        wanted.addAll(breakpoints.stoppoints());
        long version = breakpoints.version();
        settle(wanted);
        lastBesides = List.copyOf(besides);
        lastVersion = version;
    }

    /** These and nothing else; the next {@link #plant} brings back what should stand. */
    void plantOnly(List<Stoppoint> wanted) {
        settle(new LinkedHashSet<>(wanted));
        lastVersion = -1;
    }

    private void settle(Set<Stoppoint> wanted) {
        standIns.keySet().retainAll(wanted);
        remove(planted.stream()
                .filter(point -> !wanted.contains(point) && !standIns.containsValue(point))
                .toList());
        List<Stoppoint> missing =
                wanted.stream().filter(point -> !planted.contains(point)).toList();
        Map<Stoppoint, RspException> refused =
                insert(missing.stream().filter(Planting::isSoftware).toList());
        promote(wanted);
        complain(insert(missing.stream().filter(point -> !isSoftware(point)).toList()), "");
        standIn(refused);
    }

    private static boolean isSoftware(Stoppoint point) {
        return point.kind() == Stoppoint.Kind.SOFTWARE;
    }

    // the pages of these have been mapped since: their slots are free again
    private void promote(Set<Stoppoint> wanted) {
        List<Stoppoint> mapped =
                standIns.keySet().stream().filter(planted::contains).toList();
        for (Stoppoint software : mapped) {
            Stoppoint hardware = standIns.get(software);
            standIns.remove(software);
            if (planted.contains(hardware) && !wanted.contains(hardware)) {
                remove(List.of(hardware));
            }
            notices.notice("%s: its page is mapped now; it is a software breakpoint again", name(software));
        }
    }

    private void standIn(Map<Stoppoint, RspException> refused) {
        List<Stoppoint> hardware = refused.keySet().stream()
                .map(software -> Stoppoint.hardware(software.address()))
                .filter(point -> !planted.contains(point))
                .toList();
        Map<Stoppoint, RspException> without = insert(hardware);
        refused.forEach((software, why) -> {
            Stoppoint instead = Stoppoint.hardware(software.address());
            if (planted.contains(instead) && standIns.put(software, instead) == null) {
                notices.notice(
                        "%s: its page is not mapped yet (%s); a hardware breakpoint stands in",
                        name(software), why.failure().says());
            }
        });
        complain(without, "; its page is not mapped yet and no hardware breakpoint is left: disable one of them");
    }

    private String name(Stoppoint point) {
        List<Breakpoint> users = breakpoints.at(point.address());
        return users.isEmpty()
                ? "breakpoint at 0x%x".formatted(point.address())
                : "breakpoint " + users.get(0).number();
    }

    // all requests go out before the first answer is waited for
    private Map<Stoppoint, RspException> insert(List<Stoppoint> points) {
        List<CompletableFuture<Void>> answers =
                points.stream().map(stub::insert).toList();
        Map<Stoppoint, RspException> refusals = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            try {
                Waits.on(answers.get(i), "insert " + points.get(i));
                planted.add(points.get(i));
            } catch (RspException e) {
                if (e.failure() instanceof RspFailure.Disconnected || Lateness.is(e)) {
                    throw e; // neither is a refusal: nothing else will fare better
                }
                refusals.put(points.get(i), e);
            }
        }
        return refusals;
    }

    private static void complain(Map<Stoppoint, RspException> refusals, String wayOut) {
        if (!refusals.isEmpty()) {
            RspException first = refusals.values().iterator().next();
            String more = refusals.size() == 1 ? "" : " (and %d more)".formatted(refusals.size() - 1);
            throw new SessionException(first.getMessage() + more + wayOut, new SessionFailure.Refused("insert"), first);
        }
    }

    private void remove(List<Stoppoint> points) {
        List<CompletableFuture<Void>> answers =
                points.stream().map(stub::remove).toList();
        for (int i = 0; i < answers.size(); i++) {
            Waits.on(answers.get(i), "remove " + points.get(i));
            planted.remove(points.get(i));
            lastVersion = -1;
        }
    }

    /** Whether breakpoints were set or deleted since it last planted. */
    boolean isStale() {
        return breakpoints.version() != lastVersion;
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
        remove(planted.stream().filter(Planting::watches).toList());
    }

    /** Whether any memory is watched. */
    boolean isWatching() {
        return planted.stream().anyMatch(Planting::watches);
    }

    private static boolean watches(Stoppoint point) {
        return point.kind() != Stoppoint.Kind.SOFTWARE && point.kind() != Stoppoint.Kind.HARDWARE;
    }

    /** Whether hardware stands here for a software breakpoint whose page is not mapped. */
    boolean standsIn(long address) {
        return standIns.containsKey(Stoppoint.software(address));
    }

    /** How many of the processor's own breakpoints and watchpoints are taken. */
    int slotsTaken() {
        return (int) planted.stream().filter(point -> !isSoftware(point)).count();
    }

    void removeAll() {
        standIns.clear();
        remove(List.copyOf(planted));
    }
}
