package org.kdive.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;

/** The user's breakpoints. Session thread. */
public final class Breakpoints {
    private final Map<Integer, Breakpoint> byNumber = new TreeMap<>();
    private final Map<Long, List<Integer>> numbersAt = new HashMap<>(); // of the enabled; empty: to be made anew
    private long version; // rises whenever the stub's table may have to change
    private int lastNumber;

    Breakpoints() {}

    /** In the order of their numbers. */
    public Collection<Breakpoint> all() {
        return List.copyOf(byNumber.values());
    }

    public Optional<Breakpoint> find(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** Throws Usage when there is none of that number. */
    public Breakpoint require(int number) {
        return find(number)
                .orElseThrow(() -> new SessionException(
                        "No breakpoint number %d.".formatted(number), new SessionFailure.Usage("info breakpoints")));
    }

    /** The last one that was set, still there or not; 0 before the first. */
    public int lastNumber() {
        return lastNumber;
    }

    /** Those with a place at this address, enabled or not, watchpoints not among them. */
    public List<Breakpoint> placedAt(long address) {
        return byNumber.values().stream()
                .filter(b -> !b.isWatchpoint() && b.addresses().contains(address))
                .toList();
    }

    Breakpoint add(BreakpointSpec spec, List<Long> addresses) {
        Breakpoint added = Breakpoint.of(++lastNumber, spec, addresses);
        byNumber.put(added.number(), added);
        changed();
        return added;
    }

    public void delete(int number) {
        require(number);
        byNumber.remove(number);
        changed();
    }

    public void deleteAll() {
        byNumber.clear();
        changed();
    }

    public void enable(int number, boolean value) {
        update(number, breakpoint -> breakpoint.withEnabled(value));
    }

    /** One of its places alone. Throws Usage when it has none of that number, from 1. */
    public void enableSite(int number, int site, boolean value) {
        if (site < 1 || site > require(number).sites().size()) {
            throw new SessionException(
                    "Bad breakpoint location number '%d'".formatted(site),
                    new SessionFailure.Usage("info breakpoints"));
        }
        update(number, breakpoint -> breakpoint.withSiteEnabled(site - 1, value));
    }

    /** Enabled, and what becomes of it when it stops. */
    public void enable(int number, Fate fate) {
        update(
                number,
                breakpoint ->
                        breakpoint.withSpec(breakpoint.spec().withFate(fate)).withEnabled(true));
    }

    /** The condition is taken as it is: {@link Session#condition} looks at it first. */
    void condition(int number, @Nullable String expression) {
        update(number, breakpoint -> breakpoint.withSpec(breakpoint.spec().withCondition(expression)));
    }

    public void ignore(int number, int hits) {
        note(require(number).withIgnores(hits));
    }

    public void commands(int number, List<String> lines) {
        note(require(number).withCommands(lines));
    }

    private void update(int number, UnaryOperator<Breakpoint> change) {
        byNumber.put(number, change.apply(require(number)));
        changed();
    }

    /** Counts a hit, which moves nothing. */
    void hit(Breakpoint breakpoint) {
        note(breakpoint.hit());
    }

    /** Keeps a change that moves nothing. */
    void note(Breakpoint breakpoint) {
        byNumber.put(breakpoint.number(), breakpoint);
    }

    /** It has become known where else it is to stop the guest. */
    void learned(Breakpoint breakpoint, Set<Long> places) {
        List<Long> now = new ArrayList<>(breakpoint.addresses());
        now.addAll(places);
        if (!breakpoint.addresses().containsAll(places)) {
            update(breakpoint.number(), known -> known.withAddresses(now));
        }
    }

    /** After it stopped the guest: a temporary one goes, one that was enabled for some stops counts down. */
    void stopped(Breakpoint breakpoint) {
        switch (breakpoint.spec().fate().kind()) {
            case KEEP -> {}
            case DELETE -> delete(breakpoint.number());
            case DISABLE -> {
                Fate left = breakpoint.spec().fate().afterStop();
                update(
                        breakpoint.number(),
                        b -> b.withSpec(b.spec().withFate(left)).withEnabled(left.left() > 0));
            }
        }
    }

    private void changed() {
        numbersAt.clear();
        version++;
    }

    /** Another number whenever what should stand in the stub may be something else. */
    long version() {
        return version;
    }

    /** Enabled breakpoints, watchpoints not among them, with an address at {@code pc}. */
    List<Breakpoint> at(long pc) {
        if (numbersAt.isEmpty()) {
            byNumber.values().stream()
                    .filter(b -> !b.isWatchpoint())
                    .forEach(b -> b.armed()
                            .forEach(address -> numbersAt
                                    .computeIfAbsent(address, a -> new ArrayList<>())
                                    .add(b.number())));
        }
        return numbersAt.getOrDefault(pc, List.of()).stream().map(this::require).toList();
    }

    /** The watchpoints that the stub may mean when it reports an access in the range that begins at {@code address}. */
    List<Breakpoint> watching(long address) {
        return byNumber.values().stream()
                .filter(b -> b.enabled() && b.isWatchpoint() && covers(b, address))
                .toList();
    }

    /** Those whose memory tells by itself whether they are hit: it has changed. */
    List<Breakpoint> watchingWrites() {
        return byNumber.values().stream()
                .filter(b -> b.enabled() && b.isWatchpoint() && !b.isPending())
                .filter(b -> b.spec().kind() == Stoppoint.Kind.WRITE)
                .toList();
    }

    private static boolean covers(Breakpoint watchpoint, long address) {
        return watchpoint.addresses().stream()
                .anyMatch(start ->
                        Long.compareUnsigned(address - start, watchpoint.spec().lengthBytes()) < 0);
    }

    /** What should stand in the stub while the guest runs. Several breakpoints at one address are one stoppoint. */
    Set<Stoppoint> stoppoints() {
        Set<Stoppoint> wanted = new LinkedHashSet<>();
        for (Breakpoint breakpoint : byNumber.values()) {
            for (long address : breakpoint.armed()) {
                wanted.add(new Stoppoint(
                        breakpoint.spec().kind(), address, breakpoint.spec().lengthBytes()));
            }
        }
        return wanted;
    }

    /** Symbols moved or are unknown again: each location is looked up anew. */
    void resolveAgain(Resolver resolver) {
        byNumber.replaceAll((number, breakpoint) -> breakpoint.withAddresses(resolver.resolve(breakpoint)));
        changed();
    }

    /** All of them at one moment, with their hits and what is still to be ignored. */
    record Saved(List<Breakpoint> all, int lastNumber) {
        Saved {
            all = List.copyOf(all);
        }

        Optional<Breakpoint> find(int number) {
            return all.stream().filter(one -> one.number() == number).findFirst();
        }
    }

    Saved save() {
        return new Saved(List.copyOf(byNumber.values()), lastNumber);
    }

    void restore(Saved then) {
        byNumber.clear();
        then.all().forEach(one -> byNumber.put(one.number(), one));
        lastNumber = then.lastNumber();
        changed();
    }

    /** From a breakpoint to its run-time addresses; empty while they are not known. */
    @FunctionalInterface
    interface Resolver {
        List<Long> resolve(Breakpoint breakpoint);
    }
}
